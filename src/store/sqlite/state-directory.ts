import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FOLDER_MODE } from '../files/durable-file.ts';
import { gone, takesNoFolders, translating } from './failure.ts';

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
  makeDirectory(paths.directory, paths.directory);
  accessSync(paths.directory, constants.R_OK | constants.W_OK | constants.X_OK);
  const names = readdirSync(paths.directory);
  const isOurs = names.length === 0 || names.includes('state.sqlite');
  if (isOurs) chmodSync(paths.directory, FOLDER_MODE);
}

/**
 * {@link prepareDirectory} for who writes into a state directory before the store is opened.
 *
 * @throws StoreError `state-unusable`
 */
export function prepareStateDirectory(directory: string): void {
  translating(directory, () => prepareDirectory(statePaths(directory)));
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

/**
 * Level by level: with `recursive`, Node never returns from a file system that answers ENOENT for a new
 * folder, as /proc does. `whole` is the directory that was asked for.
 */
function makeDirectory(directory: string, whole: string): void {
  try {
    mkdirSync(directory, FOLDER_MODE);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST' && statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return;
    if (code !== 'ENOENT') throw error;
    const parent = dirname(directory);
    if (existsSync(parent)) throw takesNoFolders(whole, error);
    makeDirectory(parent, whole);
    makeDirectory(directory, whole);
  }
}
