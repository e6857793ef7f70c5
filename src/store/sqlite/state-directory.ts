import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FOLDER_MODE } from '../files/durable-file.ts';
import { gone } from './failure.ts';

/** Where things lie in a state directory. */
export interface StatePaths {
  readonly directory: string;
  readonly database: string;
  readonly content: string;
  readonly snapshots: string;
}

export function statePaths(directory: string): StatePaths {
  return {
    directory,
    database: join(directory, 'state.sqlite'),
    content: join(directory, 'content'),
    snapshots: join(directory, 'snapshots'),
  };
}

/**
 * Makes the directory where it is missing, for its owner only, and finds out whether it can be
 * written. A directory that holds other things keeps its mode: it may be somebody's home.
 */
export function prepareDirectory(paths: StatePaths): void {
  makeDirectory(paths.directory);
  accessSync(paths.directory, constants.R_OK | constants.W_OK | constants.X_OK);
  const names = readdirSync(paths.directory);
  const isOurs = names.length === 0 || names.includes('state.sqlite');
  if (isOurs) chmodSync(paths.directory, FOLDER_MODE);
}

/**
 * Throws when the file at `path` is no longer the one that is open: what is written to a removed
 * file would be lost without a word.
 *
 * @returns the check
 */
export function watchPlace(directory: string, path: string): () => void {
  const { ino } = statSync(path);
  return () => {
    if (statSync(path, { throwIfNoEntry: false })?.ino !== ino) throw gone(directory);
  };
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: FOLDER_MODE });
  } catch {
    // With `recursive`, Node says ENOENT where the file system is read-only; of one folder it says why.
    mkdirSync(firstMissing(directory), { mode: FOLDER_MODE });
    mkdirSync(directory, { recursive: true, mode: FOLDER_MODE });
  }
}

function firstMissing(directory: string): string {
  const parent = dirname(directory);
  return parent === directory || existsSync(parent) ? directory : firstMissing(parent);
}
