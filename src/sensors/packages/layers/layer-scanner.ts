import type { Unread } from '#model';
import { SensorError } from '../../sensor-error.ts';
import { unreadable, type FileReading, type LayerScan, type ScanRecord } from '../layer-scan.ts';
import type { TarEntry } from './extended-headers.ts';
import { frontCode } from './front-coded.ts';
import { goSink } from './go-sink.ts';
import { layerPath } from './layer-path.ts';
import type { LayerLimits } from './limits.ts';
import { isInPackageStore, readerOf, type PathReader } from './path-readers.ts';
import { soundReading } from './sound-reading.ts';
import type { FileSink } from './tar-reader.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Of files in a package manager's store that hard links may point to. */
const STORED_FILE_BYTES_MAX = 64 * 1024;
const STORED_BYTES_MAX = 64 * 2 ** 20;
const UNREAD_MAX = 10_000;

const NOT_FOLLOWED: Readonly<Record<Exclude<TarEntry['kind'], 'file' | 'hard-link' | 'directory'>, string>> =
  {
    link: 'is a symbolic link, and is not followed',
    sparse: 'is a sparse file, which is not read here',
    other: 'is a device or a pipe',
  };

/** Takes the entries of one layer's archive in their order, and tells in the end what they were. */
export class LayerScanner {
  readonly #limits: LayerLimits;
  readonly #records = new Map<string, ScanRecord>();
  readonly #whiteouts = new Set<string>();
  readonly #opaque = new Set<string>();
  readonly #replaced = new Set<string>();
  readonly #unread: Unread[] = [];
  readonly #stored = new Map<string, Buffer>();
  #storedBytes = 0;
  #nameBytes = 0;
  #packages = 0;

  constructor(limits: LayerLimits) {
    this.#limits = limits;
  }

  /** As the tar reader calls it. */
  entry(entry: TarEntry): FileSink | null {
    this.#countName(entry);
    const path = layerPath(entry.name);
    if (path === null) {
      this.#say(`/${entry.name.slice(0, 200)}`, 'its name goes out of the image');
      return null;
    }
    if (path === '/' || this.#takeWhiteout(path)) return null;
    this.#records.delete(path);
    if (entry.kind === 'directory') {
      this.#replaced.add(`${path}/`);
      return null;
    }
    this.#replaced.add(path);
    if (entry.kind === 'file') return this.#fileSink(path, entry.size);
    if (entry.kind === 'hard-link') this.#takeHardLink(path, entry.linkName);
    else if (readerOf(path)?.isDatabase === true || (entry.kind === 'sparse' && readerOf(path) !== null)) {
      this.#say(path, NOT_FOLLOWED[entry.kind]);
    }
    return null;
  }

  result(diffId: string): LayerScan {
    for (const path of this.#records.keys()) this.#replaced.delete(path);
    return {
      format: 1,
      diffId,
      records: [...this.#records.values()].toSorted((left, right) => (left.path < right.path ? -1 : 1)),
      whiteouts: [...this.#whiteouts].toSorted(),
      opaque: [...this.#opaque].toSorted(),
      replaced: frontCode([...this.#replaced]),
      unread: this.#unread,
    };
  }

  #countName({ name, linkName }: TarEntry): void {
    const bytes = name.length + linkName.length;
    this.#nameBytes += name.length;
    if (bytes > 2 * this.#limits.nameBytes) {
      throw new SensorError(
        'too-large',
        `a name in the archive has more than ${this.#limits.nameBytes} bytes`,
      );
    }
    if (this.#nameBytes > this.#limits.allNameBytes) {
      throw new SensorError(
        'too-large',
        `the names in the archive have more than ${this.#limits.allNameBytes} bytes`,
      );
    }
  }

  #takeWhiteout(path: string): boolean {
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    if (!name.startsWith(WHITEOUT)) return false;
    const directory = path.slice(0, slash);
    if (name === OPAQUE) this.#opaque.add(directory);
    // Others with two marks are an old union file system's own.
    else if (!name.startsWith(`${WHITEOUT}${WHITEOUT}`)) {
      this.#whiteouts.add(`${directory}/${name.slice(WHITEOUT.length)}`);
    }
    return true;
  }

  #fileSink(path: string, size: number): FileSink | null {
    const reader = readerOf(path);
    if (reader !== null) return this.#readWith(reader, path, size);
    if (size <= STORED_FILE_BYTES_MAX && isInPackageStore(path)) {
      return collect((bytes) => this.#store(path, bytes));
    }
    return goSink((reading) => this.#record(path, reading));
  }

  #readWith(reader: PathReader, path: string, size: number): FileSink | null {
    if (size > reader.bytesMax) {
      this.#record(path, { packages: [], problems: [`is larger than ${reader.bytesMax >> 20} MB`] });
      return null;
    }
    return collect((bytes) => this.#record(path, readSoundly(reader, bytes, path)));
  }

  #store(path: string, bytes: Buffer): void {
    this.#storedBytes += bytes.length;
    // A slice would hold all of the piece that it came in.
    if (this.#storedBytes <= STORED_BYTES_MAX) this.#stored.set(path, Buffer.from(bytes));
  }

  #takeHardLink(path: string, linkName: string): void {
    const target = layerPath(linkName);
    const same = target === null ? undefined : this.#records.get(target);
    if (same !== undefined) {
      this.#replaced.delete(path);
      this.#records.set(path, { ...same, path });
      this.#countPackages(same.packages.length);
      return;
    }
    const reader = readerOf(path);
    if (reader === null) return;
    const bytes = this.#stored.get(target ?? '');
    if (bytes !== undefined) this.#record(path, readSoundly(reader, bytes, path));
    else
      this.#record(path, {
        packages: [],
        problems: [`is a hard link to ${linkName.slice(0, 200)}, which was not kept`],
      });
  }

  #record(path: string, reading: FileReading): void {
    const { packages, problems, owns, distribution } = soundReading(reading);
    this.#countPackages(packages.length);
    for (const problem of problems) this.#say(path, problem);
    this.#records.set(path, {
      path,
      packages,
      ...(owns === undefined ? {} : { owns }),
      ...(distribution === undefined ? {} : { distribution }),
    });
  }

  #countPackages(count: number): void {
    this.#packages += count;
    if (this.#packages > this.#limits.packages) {
      throw new SensorError('too-large', `the layer has more than ${this.#limits.packages} packages`);
    }
  }

  #say(path: string, reason: string): void {
    if (this.#unread.length < UNREAD_MAX) this.#unread.push({ path, reason });
    else if (this.#unread.length === UNREAD_MAX) {
      this.#unread.push({ path: '/', reason: `more than ${UNREAD_MAX} files could not be read` });
    }
  }
}

function collect(take: (bytes: Buffer) => void): FileSink {
  const parts: Buffer[] = [];
  return { push: (bytes) => void parts.push(bytes), end: () => take(joined(parts)) };
}

/** One file that breaks its reader is that file's loss, not the layer's. */
function readSoundly({ read }: PathReader, bytes: Buffer, path: string): FileReading {
  try {
    return read(bytes, path);
  } catch (error) {
    return unreadable(`can't be read (${error instanceof Error ? error.message : 'unknown'})`);
  }
}

function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return parts.length === 1 && only !== undefined
    ? only
    : parts.length === 0
      ? NO_BYTES
      : Buffer.concat(parts);
}

const NO_BYTES = Buffer.alloc(0);
