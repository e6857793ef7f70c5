import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

const FLUSH_BYTES = 1_048_576;

/** Writes a zip archive as osv.dev publishes them: many small deflated files, with 64-bit ends. */
export class ZipWriter {
  readonly #file: number;
  #offset = 0;
  #count = 0;
  /** What is not written yet. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  readonly #directory: Buffer[] = [];

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  add(name: string, content: Buffer): void {
    const packed = deflateRawSync(content, { level: 1 });
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt16LE(8, 8);
    header.writeUInt32LE(crc32(content), 14);
    header.writeUInt32LE(packed.length, 18);
    header.writeUInt32LE(content.length, 22);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    header.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(0xffffffff, 42);
    const extra = Buffer.alloc(12);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(8, 2);
    extra.writeBigUInt64LE(BigInt(this.#offset), 4);
    entry.writeUInt16LE(extra.length, 30);
    this.#directory.push(Buffer.concat([entry, Buffer.from(name, 'latin1'), extra]));
    this.#write(Buffer.concat([header, Buffer.from(name, 'latin1'), packed]));
    this.#count += 1;
  }

  finish(): void {
    const from = this.#offset;
    for (const entry of this.#directory) this.#write(entry);
    const end = Buffer.alloc(56 + 20 + 22);
    end.writeUInt32LE(0x06064b50, 0);
    end.writeBigUInt64LE(44n, 4);
    end.writeBigUInt64LE(BigInt(this.#count), 24);
    end.writeBigUInt64LE(BigInt(this.#count), 32);
    end.writeBigUInt64LE(BigInt(this.#offset - from), 40);
    end.writeBigUInt64LE(BigInt(from), 48);
    end.writeUInt32LE(0x07064b50, 56);
    end.writeBigUInt64LE(BigInt(this.#offset), 64);
    end.writeUInt32LE(1, 72);
    end.writeUInt32LE(0x06054b50, 76);
    for (const field of [84, 86]) end.writeUInt16LE(0xffff, field);
    for (const field of [88, 92]) end.writeUInt32LE(0xffffffff, field);
    this.#write(end);
    this.#flush();
    closeSync(this.#file);
  }

  #write(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#offset += bytes.length;
    if (this.#pendingBytes >= FLUSH_BYTES) this.#flush();
  }

  #flush(): void {
    writeSync(this.#file, Buffer.concat(this.#pending));
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}
