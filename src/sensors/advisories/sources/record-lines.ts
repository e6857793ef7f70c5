const LINE_FEED = 0x0a;

export interface RecordLine {
  /** From 1. */
  readonly number: number;
  /** Without its end; null: it is longer than allowed, and was not kept. */
  readonly bytes: Uint8Array | null;
}

/** Cuts chunks into lines, of which none takes more than the limit; empty ones are left out. */
export class RecordLines {
  readonly #bytesMax: number;
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  #skipping = false;
  #number = 1;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The lines that the chunk ends. They are parts of the chunk, where they lie in it whole. */
  push(chunk: Uint8Array): readonly RecordLine[] {
    const lines: RecordLine[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      this.#end(chunk.subarray(from, end), lines);
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
    return lines;
  }

  /** Whether the line that has begun is longer than allowed already. */
  isSkipping(): boolean {
    return this.#skipping;
  }

  /** The last line, where it has no end. */
  finish(): readonly RecordLine[] {
    const lines: RecordLine[] = [];
    this.#end(new Uint8Array(0), lines);
    return lines;
  }

  #end(tail: Uint8Array, lines: RecordLine[]): void {
    this.#keep(tail);
    const number = this.#number++;
    if (this.#skipping) lines.push({ number, bytes: null });
    else if (this.#restBytes > 0) lines.push({ number, bytes: this.#whole() });
    this.#rest = [];
    this.#restBytes = 0;
    this.#skipping = false;
  }

  #whole(): Uint8Array {
    const [only] = this.#rest;
    return only !== undefined && this.#rest.length === 1 ? only : Buffer.concat(this.#rest);
  }

  #keep(part: Uint8Array): void {
    if (this.#skipping || part.length === 0) return;
    this.#rest.push(part);
    this.#restBytes += part.length;
    if (this.#restBytes <= this.#bytesMax) return;
    this.#skipping = true;
    this.#rest = [];
  }
}
