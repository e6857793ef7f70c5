const LINE_FEED = 0x0a;

/** A line longer than this is no line of ours: it is dropped up to its end. */
const LINE_LENGTH_MAX = 65_536;

/** Cuts a stream of chunks into lines without copying more than the unfinished one. */
export class LineSplitter {
  #rest: Uint8Array = new Uint8Array(0);
  #skipping = false;

  /** Calls `line` for every finished line, without its line feed. The bytes are only lent. */
  push(chunk: Uint8Array, line: (bytes: Uint8Array, from: number, until: number) => void): void {
    let from = 0;
    if (this.#rest.length > 0 || this.#skipping) {
      const end = chunk.indexOf(LINE_FEED);
      if (end < 0) return this.#keep(chunk);
      this.#finish(chunk.subarray(0, end), line);
      from = end + 1;
    }
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, from);
      if (end < 0) break;
      line(chunk, from, end);
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  #finish(tail: Uint8Array, line: (bytes: Uint8Array, from: number, until: number) => void): void {
    const whole = Buffer.concat([this.#rest, tail]);
    this.#rest = new Uint8Array(0);
    if (!this.#skipping) line(whole, 0, whole.length);
    this.#skipping = false;
  }

  #keep(tail: Uint8Array): void {
    if (this.#skipping) return;
    this.#rest = Buffer.concat([this.#rest, tail]);
    if (this.#rest.length <= LINE_LENGTH_MAX) return;
    this.#rest = new Uint8Array(0);
    this.#skipping = true;
  }
}
