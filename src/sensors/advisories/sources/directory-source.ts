import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SensorError } from '../../sensor-error.ts';
import {
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

/** The deepest that is published (GitHub's, by year and month) has five. */
const DEPTH_MAX = 32;

/**
 * Every `*.json` file below a directory, in the order of their names. What a link leads to, devices and
 * other files are left out. An unchanged file is not opened: its name, size and times tell.
 */
export function directorySource(path: string, limits: RecordLimits): RecordSource {
  return {
    complete: true,
    async *batches() {
      yield* inBatches(recordsBelow(path, limits));
    },
  };
}

function* recordsBelow(root: string, limits: RecordLimits): Iterable<SourceRecord> {
  for (const path of filesBelow(root, '', DEPTH_MAX)) yield recordOf(root, path, limits);
}

function* filesBelow(root: string, folder: string, depth: number): Iterable<string> {
  if (depth === 0) {
    throw new SensorError(
      'invalid-input',
      `${printable(join(root, folder))} lies deeper than ${DEPTH_MAX} folders.`,
    );
  }
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    // Of a repository's own files, none is a record.
    if (entry.isDirectory() && entry.name !== '.git') yield* filesBelow(root, path, depth - 1);
    else if (entry.isFile() && namedBy(entry.name) !== null) yield path;
  }
}

function recordOf(root: string, path: string, limits: RecordLimits): SourceRecord {
  const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
  const { size = 0, mtimeMs = 0, ctimeMs = 0, ino = 0 } = stats ?? {};
  return {
    place: printable(path),
    stamp: stampOf(`${path} ${size} ${mtimeMs} ${ctimeMs} ${ino}`),
    named: namedBy(path),
    bytes: () => readRegularFile(join(root, path), limits),
  };
}

function readRegularFile(path: string, limits: RecordLimits): Uint8Array {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    throw new RefusedRecord(`cannot be opened: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new RefusedRecord('is no regular file');
    if (stats.size > limits.recordBytes) throw tooLarge(limits);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}
