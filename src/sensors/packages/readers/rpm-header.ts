import type { FoundPackage } from '../layer-scan.ts';

/** One package of an rpm database: an index of tags, then their data (rpm's "header" without its magic). */
export interface RpmHeader {
  /** Null: a key of a signer, which rpm keeps like a package. */
  readonly found: FoundPackage | null;
  readonly files: readonly string[];
}

const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  architecture: 1022,
  sourceRpm: 1044,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
} as const;

const ENTRY_BYTES = 16;
/** rpm's own limits: 64 thousand tags, 256 MB of data. */
const TAGS_MAX = 0xffff;
const FILES_MAX = 1_000_000;

/** @returns in words what is wrong with it, where it can't be read */
export function readRpmHeader(blob: Buffer): RpmHeader | string {
  if (blob.length < 8) return 'a package in it is torn';
  const tags = blob.readUInt32BE(0);
  const start = 8 + tags * ENTRY_BYTES;
  if (tags > TAGS_MAX || start > blob.length) return 'a package in it is torn';
  const index = new Map<number, readonly [offset: number, count: number]>();
  for (let at = 8; at < start; at += ENTRY_BYTES) {
    index.set(blob.readUInt32BE(at), [start + blob.readUInt32BE(at + 8), blob.readUInt32BE(at + 12)]);
  }
  const text = (tag: number): string => strings(blob, index.get(tag), 1)[0] ?? '';
  const name = text(TAG.name);
  if (name === 'gpg-pubkey') return { found: null, files: [] };
  const version = text(TAG.version);
  if (name === '' || version === '') return 'a package in it has no name or no version';
  const epoch = numbers(blob, index.get(TAG.epoch))[0] ?? 0;
  const whole = `${epoch === 0 ? '' : `${epoch}:`}${version}-${text(TAG.release)}`;
  return {
    found: {
      readBy: 'rpm',
      name,
      version: whole,
      architecture: text(TAG.architecture) || null,
      source: sourceOf(text(TAG.sourceRpm), epoch),
    },
    files: filesOf(blob, index),
  };
}

type Index = ReadonlyMap<number, readonly [offset: number, count: number]>;

/** `openssl-3.0.7-25.el9.src.rpm`; its epoch is not told, and is nearly always the package's own. */
function sourceOf(file: string, epoch: number): FoundPackage['source'] {
  const [, name, version] = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(file) ?? [];
  if (name === undefined || version === undefined) return null;
  return { name, version: epoch === 0 ? version : `${epoch}:${version}` };
}

function filesOf(blob: Buffer, index: Index): readonly string[] {
  const directories = strings(blob, index.get(TAG.directoryNames), FILES_MAX);
  const places = numbers(blob, index.get(TAG.directoryIndexes));
  const names = strings(blob, index.get(TAG.baseNames), FILES_MAX);
  return names.map((name, at) => `${directories[places[at] ?? 0] ?? '/'}${name}`);
}

function strings(blob: Buffer, entry: readonly [number, number] | undefined, max: number): readonly string[] {
  const found: string[] = [];
  let [at, count] = entry ?? [0, 0];
  for (count = Math.min(count, max); count > 0 && at < blob.length; count -= 1) {
    const end = blob.indexOf(0, at);
    if (end < 0) break;
    found.push(blob.toString('utf8', at, end));
    at = end + 1;
  }
  return found;
}

function numbers(blob: Buffer, entry: readonly [number, number] | undefined): readonly number[] {
  const found: number[] = [];
  const [start, count] = entry ?? [0, 0];
  const end = Math.min(start + Math.min(count, FILES_MAX) * 4, blob.length - 3);
  for (let at = start; at < end; at += 4) found.push(blob.readUInt32BE(at));
  return found;
}
