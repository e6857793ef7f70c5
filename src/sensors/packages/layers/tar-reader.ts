import { SensorError } from '../../sensor-error.ts';
import { ExtendedHeaders, isExtendedHeader, type TarEntry } from './extended-headers.ts';
import type { LayerLimits } from './limits.ts';
import { BLOCK_BYTES, parseTarHeader, type TarHeader } from './tar-header.ts';

/** Takes a file's content; `push` is not called for an empty one. */
export interface FileSink {
  /** The bytes may be kept: nobody writes into them again. */
  push(bytes: Buffer): void;
  end(): void;
}

/** A null says that the content is of no interest. */
export type OnEntry = (entry: TarEntry) => FileSink | null;

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
  readonly #extended = new ExtendedHeaders();
  /** Whether further header blocks of a sparse file follow. */
  #sparseHeaders = false;
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
      if (this.#sparseHeaders) at = this.#takeHeader(bytes, at);
      else if (this.#body > 0) at = this.#takeBody(bytes, at);
      else if (this.#padding > 0) {
        const skipped = Math.min(this.#padding, bytes.length - at);
        this.#padding -= skipped;
        at += skipped;
      } else at = this.#takeHeader(bytes, at);
    }
  }

  finish(): void {
    if (this.#body > 0 || this.#filled > 0 || this.#sparseHeaders) {
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
    if (this.#sparseHeaders) this.#sparseHeaders = this.#block[504] !== 0;
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
    if (isExtendedHeader(header)) {
      this.#expect(header.size);
      this.#sink = this.#headerSink(header);
    } else {
      const entry = this.#extended.entryOf(header);
      this.#sparseHeaders = header.extended;
      this.#expect(entry.size);
      this.#sink = this.#onEntry(entry);
    }
    if (this.#body === 0) this.#endBody();
  }

  #expect(size: number): void {
    this.#body = size;
    this.#padding = (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
  }

  #headerSink(header: TarHeader): FileSink {
    if (header.size > this.#limits.headerBytes) {
      throw new SensorError(
        'too-large',
        `an extended header has more than ${this.#limits.headerBytes} bytes`,
      );
    }
    const parts: Buffer[] = [];
    return {
      push: (bytes) => void parts.push(bytes),
      end: () => this.#extended.take(header, Buffer.concat(parts)),
    };
  }
}
