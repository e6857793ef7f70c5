import { crc32, inflateRawSync } from 'node:zlib';
import { SensorError } from '../../sensor-error.ts';
import { FileBytes } from './file-bytes.ts';
import {
  EXPANSION_MIN_BYTES,
  inBatches,
  namedBy,
  printable,
  RefusedRecord,
  stampOf,
  tooLarge,
  type RecordLimits,
  type RecordSource,
  type SourceRecord,
} from './record-source.ts';
import { zipEntries, type ZipEntry } from './zip-directory.ts';

const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
/** The longest name and extra fields of a local header. */
const LOCAL_BYTES_MAX = LOCAL_BYTES + 2 * 65_535;
const STORED = 0;
const DEFLATED = 8;

/**
 * Every `*.json` file of a zip archive, as osv.dev publishes them: one record each. Other files are left
 * out. Names are only shown, nothing is written. An unchanged record is not unpacked: its name, size and
 * checksum in the archive's directory tell.
 */
export function zipSource(path: string, limits: RecordLimits): RecordSource {
  return {
    complete: true,
    async *batches() {
      // Two windows: the directory's, and that of the files, which mostly lie in the same order.
      const [directory, files] = [new FileBytes(path), new FileBytes(path)];
      try {
        yield* inBatches(recordsIn(directory, new ZipFiles(files, limits)));
      } finally {
        directory.close();
        files.close();
      }
    },
  };
}

function* recordsIn(directory: FileBytes, archive: ZipFiles): Iterable<SourceRecord> {
  for (const entry of zipEntries(directory)) {
    const named = namedBy(entry.name);
    if (named !== null) yield recordOf(entry, named, archive);
  }
}

function recordOf(entry: ZipEntry, named: string, archive: ZipFiles): SourceRecord {
  return {
    place: printable(entry.name),
    stamp: stampOf(`${entry.name} ${entry.bytes} ${entry.crc}`),
    named,
    bytes: () => archive.unpack(entry),
  };
}

/** Unpacks files of one archive, and all of them together only up to a limit, however they overlap. */
class ZipFiles {
  readonly #file: FileBytes;
  readonly #limits: RecordLimits;
  #bytesLeft: number;

  constructor(file: FileBytes, limits: RecordLimits) {
    this.#file = file;
    this.#limits = limits;
    this.#bytesLeft = Math.max(limits.expansion * file.size, EXPANSION_MIN_BYTES);
  }

  unpack(entry: ZipEntry): Uint8Array {
    if (entry.isEncrypted) throw new RefusedRecord('is encrypted');
    if (entry.bytes > this.#limits.recordBytes) throw tooLarge(this.#limits);
    if (entry.packedBytes > this.#file.size) throw new RefusedRecord('lies about its size');
    const bytes = inflated(entry, this.#packed(entry));
    if (bytes.length !== entry.bytes) throw new RefusedRecord('is not as long as the archive says');
    if (crc32(bytes) !== entry.crc)
      throw new RefusedRecord('does not have the checksum that the archive says');
    this.#bytesLeft -= bytes.length;
    if (this.#bytesLeft < 0) {
      throw new SensorError(
        'too-large',
        `${this.#file.path} unpacks to more than ${this.#limits.expansion} times its size.`,
      );
    }
    return bytes;
  }

  #packed({ offset, packedBytes }: ZipEntry): Uint8Array {
    const header = this.#file.read(offset, Math.min(LOCAL_BYTES_MAX, Math.max(0, this.#file.size - offset)));
    if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL) {
      throw new RefusedRecord('is not where the archive says');
    }
    const from = offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    const packed = this.#file.read(from, packedBytes);
    if (packed.length < packedBytes) throw new RefusedRecord('is cut off');
    return packed;
  }
}

function inflated(entry: ZipEntry, packed: Uint8Array): Uint8Array {
  if (entry.method === STORED) return packed;
  if (entry.method !== DEFLATED)
    throw new RefusedRecord(`is packed in a way (${entry.method}) that is not known`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.bytes) });
  } catch (error) {
    const isLonger = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new RefusedRecord(isLonger ? 'is longer than the archive says' : 'cannot be unpacked');
  }
}
