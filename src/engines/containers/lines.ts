/** An event with all its labels; longer lines are skipped and counted. */
const LINE_BYTES_MAX = 1024 * 1024;

const NEWLINE = 0x0a;

/** One line of a stream, or the news that one was too long to be kept. */
export type StreamLine = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'oversized' };

/** Complete lines, in the batches in which they arrive. Memory is bounded by the longest line kept. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncIterable<readonly StreamLine[]> {
  const splitter = new LineSplitter();
  for await (const chunk of chunks) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines;
  }
}

/** Cuts chunks into lines. */
export class LineSplitter {
  #rest: Buffer[] = [];
  #restBytes = 0;
  #skipping = false;

  push(chunk: Buffer): StreamLine[] {
    const lines: StreamLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end), lines);
      this.#finish(lines);
      start = end + 1;
    }
    this.#keep(chunk.subarray(start), lines);
    return lines;
  }

  #keep(piece: Buffer, lines: StreamLine[]): void {
    if (piece.length === 0 || this.#skipping) return;
    this.#rest.push(piece);
    this.#restBytes += piece.length;
    if (this.#restBytes <= LINE_BYTES_MAX) return;
    lines.push({ kind: 'oversized' });
    this.#skipping = true;
    this.#clear();
  }

  #finish(lines: StreamLine[]): void {
    if (this.#restBytes > 0) {
      const text = Buffer.concat(this.#rest, this.#restBytes).toString('utf8').trim();
      if (text !== '') lines.push({ kind: 'line', text });
    }
    this.#skipping = false;
    this.#clear();
  }

  #clear(): void {
    this.#rest = [];
    this.#restBytes = 0;
  }
}
