import { bytesOf, columnFrom, withRoom, type Column, type ColumnConstructor } from './columns.ts';

/** What a row is. A retracted assert or end stays in place, but no longer in its track. */
export const ROW_ASSERT = 0;
export const ROW_END = 1;
export const ROW_RETRACTED = 2;

/** Not in the address index; there with one open interval; there in some other way. */
export const INDEXED_NOT = 0;
export const INDEXED_OPEN = 1;
export const INDEXED_OTHERWISE = 2;

/** No row, no track. */
export const NONE = -1;

const ROW_COLUMNS = {
  track: Int32Array,
  /** The next row of the same track, by (validFrom, sequence). */
  next: Int32Array,
  form: Uint8Array,
  stream: Uint8Array,
  evidence: Uint8Array,
  actor: Int32Array,
  validFrom: Float64Array,
  validUntil: Float64Array,
  /** `lastSeen` of an end that nobody saw; NaN for others. */
  slackFrom: Float64Array,
  recordedAt: Float64Array,
  position: Float64Array,
  sequence: Float64Array,
  dataFrom: Float64Array,
  dataLength: Uint32Array,
} as const;

const TRACK_COLUMNS = {
  subject: Int32Array,
  source: Int32Array,
  head: Int32Array,
  tail: Int32Array,
  next: Int32Array,
} as const;

const SUBJECT_COLUMNS = {
  kind: Uint8Array,
  firstTrack: Int32Array,
  /** Of an instance and the like: the first address that it held. Of an address: the holder's next one. */
  addresses: Int32Array,
  nextAddress: Int32Array,
  /** Of an address: who holds it; part of its id, so it never changes. */
  holder: Int32Array,
  /** Of an address: its key in the address index, and the next address subject with the same key. */
  addressKey: Int32Array,
  nextOfKey: Int32Array,
  /** Of an address: how it stands in the index; see {@link INDEXED_NOT}. */
  indexed: Uint8Array,
  indexedSince: Float64Array,
} as const;

const FIRST_ROOM = 64;

type Definition = Readonly<Record<string, ColumnConstructor<Column>>>;
type Columns<D extends Definition> = { -readonly [N in keyof D]: InstanceType<D[N]> };

/** Columns of the same length, growing together. */
export class ColumnGroup<D extends Definition> {
  readonly #definition: D;
  readonly #changing: ReadonlySet<string>;
  #length = 0;
  /** So many lines every column holds at least. */
  #room = FIRST_ROOM;
  columns: Columns<D>;

  /** @param changing what is ever written again after its line was added */
  constructor(definition: D, changing: readonly (keyof D & string)[]) {
    this.#definition = definition;
    this.#changing = new Set(changing);
    // Object.entries forgets which key goes with which kind of array; the definition says it.
    this.columns = Object.fromEntries(
      Object.entries(definition).map(([name, kind]) => [name, new kind(FIRST_ROOM)]),
    ) as Columns<D>;
  }

  get length(): number {
    return this.#length;
  }

  /** A new line of zeros; its number. */
  add(): number {
    const index = this.#length++;
    if (index >= this.#room) this.#grow();
    return index;
  }

  /** As it is now, whatever is added later: what never changes is not copied. */
  parts(): readonly Uint8Array[] {
    const columns: Record<string, Column> = this.columns;
    return Object.entries(columns).map(([name, column]) => {
      const bytes = bytesOf(column, this.#length);
      return this.#changing.has(name) ? bytes.slice() : bytes;
    });
  }

  load(parts: readonly Uint8Array[]): void {
    const columns: Record<string, Column> = this.columns;
    let index = 0;
    for (const [name, kind] of Object.entries(this.#definition)) {
      const bytes = parts[index++];
      if (bytes === undefined) throw new RangeError(`the column ${name} is missing`);
      const column = columnFrom(kind, bytes);
      columns[name] = column;
      this.#length = column.length;
    }
    this.#room = this.#length;
  }

  get width(): number {
    return Object.keys(this.#definition).length;
  }

  #grow(): void {
    const columns: Record<string, Column> = this.columns;
    this.#room = Number.POSITIVE_INFINITY;
    for (const [name, column] of Object.entries(columns)) {
      const grown = withRoom(column, this.#length);
      columns[name] = grown;
      this.#room = Math.min(this.#room, grown.length);
    }
  }
}

export const rowColumns = (): ColumnGroup<typeof ROW_COLUMNS> =>
  new ColumnGroup(ROW_COLUMNS, ['next', 'form']);
export const trackColumns = (): ColumnGroup<typeof TRACK_COLUMNS> =>
  new ColumnGroup(TRACK_COLUMNS, ['head', 'tail']);
export const subjectColumns = (): ColumnGroup<typeof SUBJECT_COLUMNS> =>
  new ColumnGroup(SUBJECT_COLUMNS, [
    'firstTrack',
    'addresses',
    'nextAddress',
    'holder',
    'addressKey',
    'nextOfKey',
    'indexed',
    'indexedSince',
  ]);
