import { SensorError } from '../../sensor-error.ts';
import type { LayerLimits } from './limits.ts';
import { parsePax } from './pax.ts';
import { BLOCK_BYTES, parseTarHeader, type TarHeader } from './tar-header.ts';

/** One entry, with what extended headers said of it. */
export interface TarEntry {
  /** As it stands there: it may go out of the image. */
  readonly name: string;
  readonly kind: 'file' | 'hard-link' | 'link' | 'directory' | 'sparse' | 'other';
  readonly size: number;
  readonly linkName: string;
}

/** Takes a file's content; `push` is not called for an empty one. */
export interface FileSink {
  /** The bytes may be kept: nobody writes into them again. */
  push(bytes: Buffer): void;
  end(): void;
}

/** A null says that the content is of no interest. */
export type OnEntry = (entry: TarEntry) => FileSink | null;

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '1': 'hard-link',
  '2': 'link',
  '5': 'directory',
  S: 'sparse',
};

/**
 * Reads a tar archive (ustar, pax, GNU's long names) from whatever pieces it comes in. Holds one header and
 * what its sinks keep. Throws a SensorError where the archive is torn or reaches a limit.
 */
export class TarReader {
  readonly #onEntry: OnEntry;
  readonly #limits: LayerLimits;
  readonly #block = Buffer.alloc(BLOCK_BYTES);
  #filled = 0;
  /** Bytes of the present entry that are still to come, and of the zeros after it. */
  #body = 0;
  #padding = 0;
  #sink: FileSink | null = null;
  #extendedHeaders = false;
  #pax: ReadonlyMap<string, string> = new Map();
  #longName: string | null = null;
  #longLink: string | null = null;
  #entries = 0;
  #zeroBlocks = 0;

  constructor(onEntry: OnEntry, limits: LayerLimits) {
    this.#onEntry = onEntry;
    this.#limits = limits;
  }

  push(bytes: Buffer): void {
    let at = 0;
    // Two blocks of zeros are the end; what follows is filling.
    while (at < bytes.length && this.#zeroBlocks < 2) {
      if (this.#extendedHeaders) at = this.#takeHeader(bytes, at);
      else if (this.#body > 0) at = this.#takeBody(bytes, at);
      else if (this.#padding > 0) {
        const skipped = Math.min(this.#padding, bytes.length - at);
        this.#padding -= skipped;
        at += skipped;
      } else at = this.#takeHeader(bytes, at);
    }
  }

  finish(): void {
    if (this.#body > 0 || this.#filled > 0 || this.#extendedHeaders) {
      throw new SensorError('invalid-input', 'the archive is cut off in the middle of a file');
    }
  }

  #takeBody(bytes: Buffer, at: number): number {
    const end = Math.min(at + this.#body, bytes.length);
    this.#sink?.push(bytes.subarray(at, end));
    this.#body -= end - at;
    if (this.#body === 0) this.#endBody();
    return end;
  }

  #endBody(): void {
    const sink = this.#sink;
    this.#sink = null;
    sink?.end();
  }

  #takeHeader(bytes: Buffer, at: number): number {
    const end = Math.min(at + BLOCK_BYTES - this.#filled, bytes.length);
    bytes.copy(this.#block, this.#filled, at, end);
    this.#filled += end - at;
    if (this.#filled < BLOCK_BYTES) return end;
    this.#filled = 0;
    if (this.#extendedHeaders) this.#extendedHeaders = this.#block[504] !== 0;
    else {
      const header = parseTarHeader(this.#block);
      this.#zeroBlocks = header === null ? this.#zeroBlocks + 1 : 0;
      if (header !== null) this.#begin(header);
    }
    return end;
  }

  #begin(header: TarHeader): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) {
      throw new SensorError('too-large', `the archive has more than ${this.#limits.entries} entries`);
    }
    if (header.type === 'x' || header.type === 'g' || header.type === 'L' || header.type === 'K') {
      this.#expect(header.size);
      this.#sink = this.#headerSink(header);
    } else {
      const entry = this.#entryOf(header);
      this.#extendedHeaders = header.extended;
      this.#expect(entry.size);
      this.#sink = this.#onEntry(entry);
    }
    if (this.#body === 0) this.#endBody();
  }

  #entryOf(header: TarHeader): TarEntry {
    const pax = this.#pax;
    const entry: TarEntry = {
      name: pax.get('GNU.sparse.name') ?? pax.get('path') ?? this.#longName ?? header.name,
      kind: kindOf(header, pax),
      size: sizeOf(header, pax),
      linkName: pax.get('linkpath') ?? this.#longLink ?? header.linkName,
    };
    this.#pax = new Map();
    this.#longName = null;
    this.#longLink = null;
    return entry;
  }

  #expect(size: number): void {
    this.#body = size;
    this.#padding = (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
  }

  #headerSink({ type, size }: TarHeader): FileSink {
    if (size > this.#limits.headerBytes) {
      throw new SensorError(
        'too-large',
        `an extended header has more than ${this.#limits.headerBytes} bytes`,
      );
    }
    const parts: Buffer[] = [];
    return {
      push: (bytes) => void parts.push(bytes),
      end: () => {
        const whole = Buffer.concat(parts);
        const zero = whole.indexOf(0);
        const text = () => whole.toString('utf8', 0, zero < 0 ? whole.length : zero);
        if (type === 'x') this.#pax = parsePax(whole);
        else if (type === 'L') this.#longName = text();
        else if (type === 'K') this.#longLink = text();
        // A global header ('g') tells comments and times; paths in it would be every file's.
      },
    };
  }
}

function kindOf({ type, name }: TarHeader, pax: ReadonlyMap<string, string>): TarEntry['kind'] {
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
