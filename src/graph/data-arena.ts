import { bytesOf } from './columns.ts';

/** A few thousand facts; small against what a snapshot holds, large against one fact. */
const CHUNK_BYTES = 1 << 20;

/**
 * JSON texts end to end, found again by their offset and length. In chunks, because one array that
 * doubles would be copied again and again, and a chunk that was read from a snapshot stays as it is.
 */
export class DataArena {
  /** No text lies in two of them. */
  readonly #chunks: Uint8Array[] = [];
  /** The offset of each chunk's first byte: the sum of what the chunks before it hold. */
  readonly #starts: number[] = [];
  /** The last chunk, and how much of it holds texts. */
  #last: Buffer = Buffer.alloc(0);
  #used = 0;

  /** Where it lies; `length` is in bytes. */
  write(text: string): { readonly from: number; readonly length: number } {
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    this.#makeRoom(text.length * 3);
    const length = this.#last.write(text, this.#used);
    const from = this.#end();
    this.#used += length;
    return { from, length };
  }

  read(from: number, length: number): string {
    const index = this.#chunkOf(from);
    const chunk = this.#chunks[index] ?? new Uint8Array(0);
    return Buffer.from(chunk.buffer, chunk.byteOffset + from - (this.#starts[index] ?? 0), length).toString();
  }

  /** As it is now, whatever is added later. */
  parts(): readonly Uint8Array[] {
    return this.#chunks.map((chunk, index) =>
      index === this.#chunks.length - 1 ? bytesOf(chunk, this.#used) : chunk,
    );
  }

  static fromParts(parts: readonly Uint8Array[]): DataArena {
    const arena = new DataArena();
    for (const part of parts) arena.#append(part, part.byteLength);
    return arena;
  }

  #end(): number {
    return (this.#starts[this.#starts.length - 1] ?? 0) + this.#used;
  }

  #makeRoom(bytes: number): void {
    const last = this.#chunks[this.#chunks.length - 1];
    if (last !== undefined && last.byteLength - this.#used >= bytes) return;
    // What is left over is given back: a chunk is as long as what it holds, once there is another.
    if (last !== undefined) this.#chunks[this.#chunks.length - 1] = last.subarray(0, this.#used);
    this.#append(new Uint8Array(Math.max(CHUNK_BYTES, bytes)), 0);
  }

  #append(chunk: Uint8Array, used: number): void {
    this.#starts.push(this.#end());
    this.#chunks.push(chunk);
    this.#last = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#used = used;
  }

  #chunkOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
