import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const WINDOW_BYTES = 4_194_304;

/** A file that is read here and there; what lies close together is read at once. */
export class FileBytes {
  readonly path: string;
  readonly size: number;
  readonly #file: number;
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'r');
    this.size = fstatSync(this.#file).size;
  }

  /** Fewer bytes at the end of the file; none past it. They are valid until the next reading. */
  read(offset: number, length: number): Buffer {
    const from = offset - this.#windowAt;
    if (from >= 0 && from + length <= this.#window.length) return this.#window.subarray(from, from + length);
    this.#window = this.#readFully(offset, Math.max(length, WINDOW_BYTES));
    this.#windowAt = offset;
    return this.#window.subarray(0, length);
  }

  close(): void {
    closeSync(this.#file);
  }

  #readFully(offset: number, length: number): Buffer {
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    const bytes = Buffer.allocUnsafe(wanted);
    let done = 0;
    for (let read = -1; done < wanted && read !== 0; done += read) {
      read = readSync(this.#file, bytes, done, wanted - done, offset + done);
    }
    return bytes.subarray(0, done);
  }
}
