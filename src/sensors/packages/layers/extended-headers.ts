import { SensorError } from '../../sensor-error.ts';
import { parsePax } from './pax.ts';
import type { TarHeader } from './tar-header.ts';

/** One entry, with what extended headers said of it. */
export interface TarEntry {
  /** As it stands there: it may go out of the image. */
  readonly name: string;
  readonly kind: 'file' | 'hard-link' | 'link' | 'directory' | 'sparse' | 'other';
  readonly size: number;
  readonly linkName: string;
}

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '1': 'hard-link',
  '2': 'link',
  '5': 'directory',
  S: 'sparse',
};

/** Whether its content speaks of the entry that follows. */
export function isExtendedHeader({ type }: TarHeader): boolean {
  return type === 'x' || type === 'g' || type === 'L' || type === 'K';
}

/** What was said of the next entry: pax records, and GNU's long names. */
export class ExtendedHeaders {
  #pax: ReadonlyMap<string, string> = new Map();
  #longName: string | null = null;
  #longLink: string | null = null;

  take({ type }: TarHeader, content: Buffer): void {
    const zero = content.indexOf(0);
    const text = () => content.toString('utf8', 0, zero < 0 ? content.length : zero);
    if (type === 'x') this.#pax = parsePax(content);
    else if (type === 'L') this.#longName = text();
    else if (type === 'K') this.#longLink = text();
    // A global header ('g') tells comments and times; paths in it would be every file's.
  }

  /** The entry itself; what was said is said no more. */
  entryOf(header: TarHeader): TarEntry {
    const pax = this.#pax;
    const name = pax.get('GNU.sparse.name') ?? pax.get('path') ?? this.#longName ?? header.name;
    const entry: TarEntry = {
      name,
      kind: kindOf(header.type, name, pax),
      size: sizeOf(header, pax),
      linkName: pax.get('linkpath') ?? this.#longLink ?? header.linkName,
    };
    this.#pax = new Map();
    this.#longName = null;
    this.#longLink = null;
    return entry;
  }
}

/** @param name whole: the part of it that a header has room for may end in a slash */
function kindOf(type: string, name: string, pax: ReadonlyMap<string, string>): TarEntry['kind'] {
  const kind = KINDS[type] ?? 'other';
  if (kind !== 'file') return kind;
  if (name.endsWith('/')) return 'directory';
  return [...pax.keys()].some((key) => key.startsWith('GNU.sparse.')) ? 'sparse' : 'file';
}

/** Links and directories have no content, whatever their size says. */
function sizeOf({ type, size: told }: TarHeader, pax: ReadonlyMap<string, string>): number {
  if (/^[1-6]$/.test(type)) return 0;
  const size = pax.has('size') ? Number(pax.get('size')) : told;
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new SensorError('invalid-input', 'the archive is torn: a file in it has an impossible size');
}
