import type { FileReading, FoundPackage } from '../layer-scan.ts';
import { readElf, type Elf } from './elf.ts';

/** The first bytes of what Go's linker leaves in each program, `runtime/debug` and `debug/buildinfo`. */
export const GO_MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const ALIGNMENT = 16;
const HEADER_BYTES = 32;
/** Other data may hold the same bytes: Go's own tools do, in order to look for them. */
const CANDIDATES_MAX = 64;
/** The lists of the largest programs are some 100 kB. */
const TEXT_BYTES_MAX = 8 * 1024 * 1024;

/** What is built in: Go's version, and a line per module. */
interface BuildInfo {
  readonly version: string;
  readonly modules: string;
}

/**
 * Modules of a Go program: the main module (if it has a version: a build of a working copy has none),
 * what it was linked with, replacements in place of what they replace, and the standard library as
 * `stdlib`.
 *
 * @param bytes the file, or the part of it from `start` on that was kept
 * @returns null where it is no Go program
 */
export function readGoProgram(bytes: Buffer, start = 0): FileReading | null {
  const elf = start === 0 ? readElf(bytes) : null;
  let needsWhole = false;
  for (const at of marksIn(bytes, start)) {
    const info = inlineInfo(bytes, at) ?? (elf === null ? null : pointedInfo(elf, at));
    if (info !== null) return packagesOf(info);
    needsWhole ||= start > 0 && (flagsAt(bytes, at) & INLINE) === 0;
  }
  return needsWhole
    ? { packages: [], problems: ['is a program of a Go before 1.18, and too large to be looked into'] }
    : null;
}

function* marksIn(bytes: Buffer, start: number): Generator<number> {
  let at = bytes.indexOf(GO_MAGIC);
  for (let tried = 0; at >= 0 && tried < CANDIDATES_MAX; tried += 1) {
    if ((at + start) % ALIGNMENT === 0 && at + HEADER_BYTES <= bytes.length) yield at;
    at = bytes.indexOf(GO_MAGIC, at + 1);
  }
}

const INLINE = 2;
const BIG_ENDIAN = 1;

function flagsAt(bytes: Buffer, at: number): number {
  return bytes[at + 15] ?? 0;
}

/** Since Go 1.18: two strings with their lengths before them. */
function inlineInfo(bytes: Buffer, at: number): BuildInfo | null {
  if ((flagsAt(bytes, at) & INLINE) === 0) return null;
  const version = stringAt(bytes, at + HEADER_BYTES);
  const modules = version === null ? null : stringAt(bytes, version.end);
  return version === null || modules === null ? null : plausible(version.text, modules.text);
}

function stringAt(bytes: Buffer, at: number): { readonly text: string; readonly end: number } | null {
  let length = 0;
  let from = at;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[from];
    if (byte === undefined) return null;
    from += 1;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  const end = from + length;
  if (length > TEXT_BYTES_MAX || end > bytes.length) return null;
  return { text: bytes.toString('utf8', from, end), end };
}

/** Before Go 1.18: addresses of two string headers (address, length). */
function pointedInfo(elf: Elf, at: number): BuildInfo | null {
  const { bytes } = elf;
  const pointerBytes = bytes[at + 14];
  if (pointerBytes !== 4 && pointerBytes !== 8) return null;
  const bigEndian = (flagsAt(bytes, at) & BIG_ENDIAN) !== 0;
  const read = (offset: number): number | null => elf.pointerAt(offset, pointerBytes, bigEndian);
  const text = (offset: number): string | null => {
    const header = elf.offsetOf(read(offset));
    const from = header === null ? null : elf.offsetOf(read(header));
    const length = header === null ? null : read(header + pointerBytes);
    if (from === null || length === null || length > TEXT_BYTES_MAX) return null;
    return from + length <= bytes.length ? bytes.toString('utf8', from, from + length) : null;
  };
  const version = text(at + 16);
  return version === null ? null : plausible(version, text(at + 16 + pointerBytes) ?? '');
}

function plausible(version: string, modules: string): BuildInfo | null {
  return /^(?:go\d|devel\b)/.test(version) ? { version, modules } : null;
}

function packagesOf({ version, modules }: BuildInfo): FileReading {
  const packages: FoundPackage[] = [];
  const problems: string[] = [];
  const stdlib = stdlibVersion(version);
  if (stdlib === null) problems.push(`was built by a Go without a version (${version.slice(0, 80)})`);
  else packages.push(found('stdlib', stdlib));
  let last: FoundPackage | null = null;
  for (const line of modules.split('\n')) {
    const [kind, path, moduleVersion] = line.split('\t');
    // A line `=>` replaces the module of the line before; a directory in its place has no version.
    if (kind === '=>' && last !== null) packages.pop();
    if (kind !== '=>' && kind !== 'dep' && kind !== 'mod') continue;
    last = path !== undefined && hasVersion(moduleVersion) ? found(path, moduleVersion) : null;
    if (last !== null) packages.push(last);
  }
  return { packages, problems };
}

function hasVersion(version: string | undefined): version is string {
  return version !== undefined && version.startsWith('v');
}

function found(name: string, version: string): FoundPackage {
  return { readBy: 'go', name, version, architecture: null, source: null };
}

/** `go1.21rc2` is `1.21.0-rc.2` where advisories speak of it. */
function stdlibVersion(text: string): string | null {
  const [, major, minor, patch, kind, number] =
    /^(?:devel )?go(\d+)\.(\d+)(?:\.(\d+))?(?:(rc|beta)(\d+))?(?![\d.])/.exec(text) ?? [];
  if (major === undefined || text.startsWith('devel')) return null;
  const before = kind === undefined ? '' : `-${kind}.${number}`;
  return `${major}.${minor}.${patch ?? '0'}${before}`;
}
