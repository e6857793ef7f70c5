import { closeSync, fstatSync, opendirSync, readSync } from 'node:fs';
import { DATABASE_PATHS, readerOf } from '../layers/path-readers.ts';
import { ELF_MAGIC } from '../readers/elf.ts';
import { TAR_END, tarPadding, tarFileHeader } from '../tar-writer.ts';
import type { LiveAnswer, LiveLimits, LiveWanted } from './live-request.ts';
import { isAbsent, openContent, openIn, type RootDirectory } from './root-directory.ts';

const PIECE_BYTES = 256 * 1024;
const DEPTH_MAX = 64;
/** Nothing below is walked, and that is no loss. */
const FLAT = Number.POSITIVE_INFINITY;
/** No program, and no database, has more. */
const PROGRAM_BYTES_MAX = 2 ** 30;
const UNREAD_MAX = 1000;
/** The kernel's own, and where engines keep the files of other containers. */
const NOT_WALKED: ReadonlySet<string> = new Set([
  '/proc',
  '/sys',
  '/dev',
  '/var/lib/containers',
  '/var/lib/containerd',
  '/var/lib/docker',
]);
/** Directories of which every file belongs to a database. */
const DATABASE_DIRECTORIES = ['/var/lib/dpkg/status.d', '/var/lib/dpkg/info'];

/** Takes pieces of the archive; nothing is handed out before the one before was taken. */
export type WriteOut = (bytes: Buffer) => void;

/** Packs what is wanted of a live root into a tar archive, without looking into it. */
export class RootPacker {
  readonly #root: RootDirectory;
  readonly #write: WriteOut;
  readonly #limits: LiveLimits;
  readonly #packed = new Set<string>();
  readonly #unread: { readonly path: string; readonly reason: string }[] = [];
  #entries = 0;
  #bytes = 0;
  #isFull = false;

  constructor(root: RootDirectory, limits: LiveLimits, write: WriteOut) {
    this.#root = root;
    this.#limits = limits;
    this.#write = write;
  }

  pack(wanted: LiveWanted): LiveAnswer {
    for (const path of [...DATABASE_PATHS, ...wanted.paths]) this.#packPath(path);
    for (const path of DATABASE_DIRECTORIES) this.#packDirectory(path);
    if (wanted.walk) this.#packDirectory('/');
    this.#write(TAR_END);
    return { kind: 'read', files: this.#packed.size, bytes: this.#bytes, unread: this.#unread };
  }

  #packPath(path: string): void {
    if (this.#isFull) return;
    this.#attempt(path, () => {
      const found = this.#root.find(path);
      if (found === null) return;
      try {
        if (found.status.isFile()) this.#packFile(path, found.descriptor, found.status.size);
        else
          this.#say(path, found.status.isDirectory() ? 'is a directory' : 'is a device, a pipe or a socket');
      } finally {
        closeSync(found.descriptor);
      }
    });
  }

  #packDirectory(path: string): void {
    this.#attempt(path, () => {
      // The root has no name of its own to be found by.
      if (path === '/') return this.#root.withDescriptor((descriptor) => this.#walk('', descriptor, 0));
      const found = this.#root.find(path);
      if (found === null) return;
      try {
        if (found.status.isDirectory()) this.#walk(path, found.descriptor, FLAT);
      } finally {
        closeSync(found.descriptor);
      }
    });
  }

  #walk(path: string, descriptor: number, depth: number): void {
    const directory = opendirSync(`/proc/self/fd/${descriptor}`);
    try {
      for (let entry = directory.readSync(); entry !== null && !this.#isFull; entry = directory.readSync()) {
        this.#entries += 1;
        if (this.#entries > this.#limits.entries)
          return this.#fill(`more than ${this.#limits.entries} files`);
        const { name } = entry;
        const own = `${path}/${name}`;
        if (NOT_WALKED.has(own) || entry.isSymbolicLink()) continue;
        this.#attempt(own, () => this.#take(own, { descriptor, name, depth }), name);
      }
    } finally {
      directory.closeSync();
    }
  }

  #take(
    path: string,
    place: { readonly descriptor: number; readonly name: string; readonly depth: number },
  ): void {
    const found = openIn(place.descriptor, place.name);
    try {
      const { status, descriptor } = found;
      if (status.isDirectory()) {
        if (place.depth < DEPTH_MAX) this.#walk(path, descriptor, place.depth + 1);
        else if (place.depth !== FLAT) this.#say(path, 'lies too deep, and is not looked into');
      } else if (status.isFile() && (readerOf(path) !== null || isProgram(descriptor, status.mode))) {
        this.#packFile(path, descriptor, status.size);
      }
    } finally {
      closeSync(found.descriptor);
    }
  }

  #packFile(path: string, descriptor: number, size: number): void {
    if (this.#packed.has(path) || this.#isFull) return;
    const bytesMax = Math.min(readerOf(path)?.bytesMax ?? PROGRAM_BYTES_MAX, PROGRAM_BYTES_MAX);
    if (size > bytesMax) return this.#say(path, `is larger than ${bytesMax >> 20} MB`);
    if (this.#bytes + size > this.#limits.bytes)
      return this.#fill(`more than ${this.#limits.bytes} bytes of files`);
    const content = openContent(descriptor);
    try {
      // What was found may have grown since.
      const bytes = fstatSync(content).size;
      this.#packed.add(path);
      this.#bytes += bytes;
      for (const part of tarFileHeader(path.slice(1), bytes)) this.#write(part);
      if (!this.#copy(content, bytes)) this.#say(path, 'became shorter while it was read');
      this.#write(tarPadding(bytes));
    } finally {
      closeSync(content);
    }
  }

  /** Exactly as many bytes as the header says. */
  #copy(content: number, bytes: number): boolean {
    let done = 0;
    while (done < bytes) {
      const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, bytes - done));
      const length = readSync(content, piece, 0, piece.length, done);
      if (length === 0) break;
      this.#write(piece.subarray(0, length));
      done += length;
    }
    for (let left = bytes - done; left > 0; left -= PIECE_BYTES)
      this.#write(Buffer.alloc(Math.min(left, PIECE_BYTES)));
    return done === bytes;
  }

  /** @param name by which it was listed */
  #attempt(path: string, act: () => void, name = ''): void {
    try {
      act();
    } catch (error) {
      // A live root changes: what is gone by now is not there; what has a name that is no text only seems so.
      if (!isAbsent(error)) this.#say(path, reasonOf(error));
      else if (name.includes('\ufffd'))
        this.#say(path, 'has a name that is no UTF-8, and is not looked into');
    }
  }

  #fill(limit: string): void {
    this.#isFull = true;
    this.#unread.push({ path: '/', reason: `looking was given up: there are ${limit}` });
  }

  #say(path: string, reason: string): void {
    if (this.#unread.length < UNREAD_MAX) this.#unread.push({ path, reason });
    else if (this.#unread.length === UNREAD_MAX) {
      this.#unread.push({ path: '/', reason: `more than ${UNREAD_MAX} files could not be read` });
    }
  }
}

function isProgram(descriptor: number, mode: number): boolean {
  if ((mode & 0o111) === 0) return false;
  const content = openContent(descriptor);
  try {
    const start = Buffer.alloc(ELF_MAGIC.length);
    return readSync(content, start, 0, start.length, 0) === start.length && start.equals(ELF_MAGIC);
  } finally {
    closeSync(content);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'could not be read';
  if ('code' in error && (error.code === 'EACCES' || error.code === 'EPERM')) return 'may not be read';
  return 'code' in error && error.code === 'ELOOP' ? 'its links have no end' : error.message.slice(0, 200);
}
