import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import type { Advisory } from '#model';
import { readRecords, type ReadCounts } from '../read-records.ts';
import { openSource } from './open-source.ts';
import type { RecordLimits } from './record-source.ts';

/** A directory of its own, gone after the tests of the surrounding suite. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sheer-sources-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function record(id: string, more: object = {}): string {
  return JSON.stringify({ id, modified: '2026-01-02T03:04:05Z', ...more });
}

export interface ZipFile {
  readonly name: string;
  readonly content: string | Buffer;
  /** What the archive says instead of the truth. */
  readonly lies?: {
    readonly bytes?: number;
    readonly packedBytes?: number;
    readonly offset?: number;
    readonly crc?: number;
    readonly method?: number;
    readonly flags?: number;
  };
}

/** A zip archive; `comment` stands at its end. */
export function zipOf(files: readonly ZipFile[], comment = ''): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, lies = {} } of files) {
    const raw = Buffer.from(content);
    const packed = deflateRawSync(raw);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(lies.flags ?? 0, 6);
    header.writeUInt16LE(lies.method ?? 8, 8);
    header.writeUInt32LE(lies.crc ?? crc32(raw), 14);
    header.writeUInt32LE(lies.packedBytes ?? packed.length, 18);
    header.writeUInt32LE(lies.bytes ?? raw.length, 22);
    header.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    header.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(lies.offset ?? offset, 42);
    directory.push(entry, Buffer.from(name));
    parts.push(header, Buffer.from(name), packed);
    offset += 30 + Buffer.byteLength(name) + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([...parts, ...directory, end, Buffer.from(comment)]);
}

/** What a store would have of a source: stamps that are known, and ids. */
export class RememberingSink {
  readonly stamps = new Set<number>();
  readonly put: (record: { readonly stamp: number; readonly advisory: Advisory }) => string;
  readonly ids: string[] = [];
  readonly kept: string[] = [];

  constructor() {
    this.put = ({ stamp, advisory }) => {
      this.stamps.add(stamp);
      this.ids.push(advisory.id);
      return 'added';
    };
  }

  isKnown(stamp: number): boolean {
    return this.stamps.has(stamp);
  }

  keep(id: string): void {
    this.kept.push(id);
  }
}

/** Reads a place into a sink, as a sync does. */
export async function readPlace(
  place: string,
  sink: RememberingSink = new RememberingSink(),
  limits?: RecordLimits,
): Promise<{ readonly counts: ReadCounts; readonly sink: RememberingSink; readonly complete: boolean }> {
  const signal = new AbortController().signal;
  const opened = await openSource(place, {
    directory: tmpdir(),
    validator: null,
    signal,
    ...(limits === undefined ? {} : { limits }),
  });
  if (opened === null) throw new Error('Without a validator, nothing is unchanged.');
  const counts = await readRecords(opened.source, sink, { progress: () => {}, document: () => {}, signal });
  return { counts, sink, complete: opened.source.complete };
}
