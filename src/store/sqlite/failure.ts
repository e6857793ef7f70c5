import { StoreError } from '../store-error.ts';
import type { SheerErrorOptions } from '#model';

/** SQLite's primary result code, without its refinement. */
export interface SqliteFailure {
  readonly code: number;
}

export type FailureTranslator = (failure: SqliteFailure | null, cause: unknown) => unknown;

export const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

const PRIMARY_CODE_MASK = 0xff;

/** What SQLite said; null when the error is not SQLite's. */
export function sqliteFailure(error: unknown): SqliteFailure | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? { code: error.errcode & PRIMARY_CODE_MASK } : null;
}

/** Errors of the database and of files in the state directory, in words for its user. */
export function translateFailure(directory: string): FailureTranslator {
  return (failure, cause) => {
    const trouble = failure === null ? fileTrouble(errorCode(cause)) : databaseTrouble(failure.code);
    return trouble === null ? cause : trouble(directory, cause);
  };
}

/** What `work` with a database or files in the directory returns; what it throws is translated. */
export function translating<Result>(directory: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw translateFailure(directory)(sqliteFailure(error), error);
  }
}

/** A state directory that its file system lets nobody make, such as one in /proc. */
export function takesNoFolders(directory: string, cause: unknown): StoreError {
  return new StoreError(
    'state-unusable',
    `The state directory ${directory} cannot be made: its file system takes no new folders.`,
    { cause, next: 'Choose another one with --state DIR.' },
  );
}

/** A read-only state directory, in words. */
function unwritable(directory: string, cause: unknown): StoreError {
  return new StoreError(
    'state-unusable',
    `The state directory ${directory} cannot be written${because(cause)}.`,
    {
      cause,
      next: `Make it writable, or choose another one with --state DIR.`,
    },
  );
}

/** A state directory that was removed or replaced while it was in use. */
export function gone(directory: string, cause?: unknown): StoreError {
  return new StoreError(
    'state-unusable',
    `The state directory ${directory} is gone; nothing was recorded.`,
    withCause(cause, {
      next: 'Put it back from a backup, or begin anew with `sheer down` and `sheer up`.',
    }),
  );
}

type Trouble = (directory: string, cause: unknown) => StoreError;

function databaseTrouble(code: number): Trouble | null {
  switch (code) {
    case SQLITE_FULL:
      return full;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return unwritable;
    case SQLITE_IOERR:
    case SQLITE_BUSY:
      return failing;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return damaged;
    default:
      return null;
  }
}

/** What the system says of files, and what it means for the state directory. */
const FILE_TROUBLES: Readonly<Record<string, { readonly trouble: Trouble; readonly reason: string }>> = {
  ENOSPC: { trouble: full, reason: 'no space left' },
  EDQUOT: { trouble: full, reason: 'quota used up' },
  EROFS: { trouble: unwritable, reason: 'read-only file system' },
  EACCES: { trouble: unwritable, reason: 'permission denied' },
  EPERM: { trouble: unwritable, reason: 'operation not permitted' },
  ENOTDIR: { trouble: unwritable, reason: 'a part of its path is not a directory' },
  EEXIST: { trouble: unwritable, reason: 'it is not a directory' },
  ELOOP: { trouble: unwritable, reason: 'too many symbolic links' },
  ENAMETOOLONG: { trouble: unwritable, reason: 'its path is too long' },
  ENOENT: { trouble: gone, reason: 'it is gone' },
  EIO: { trouble: failing, reason: 'input/output error' },
  EMFILE: { trouble: failing, reason: 'too many open files' },
  ENFILE: { trouble: failing, reason: 'too many open files' },
  ESTALE: { trouble: failing, reason: 'the network file system has lost it' },
};

function fileTrouble(code: string | null): Trouble | null {
  return code === null ? null : (FILE_TROUBLES[code]?.trouble ?? null);
}

function full(directory: string, cause: unknown): StoreError {
  return new StoreError(
    'state-unusable',
    `The disk that holds the state directory ${directory} is full; nothing was recorded.`,
    { cause, next: `Free some space there (df -h ${directory}).`, remedy: 'wait' },
  );
}

function failing(directory: string, cause: unknown): StoreError {
  return new StoreError(
    'state-unusable',
    `The state directory ${directory} failed${because(cause)}; nothing was recorded.`,
    { cause, next: 'Check the disk (dmesg), then start again with `sheer up`.', remedy: 'retry' },
  );
}

function damaged(directory: string, cause: unknown): StoreError {
  return new StoreError('record-broken', `The database in ${directory} is damaged${because(cause)}.`, {
    cause,
    next: 'Put the state directory back from a backup, or choose another one with --state DIR.',
  });
}

function because(cause: unknown): string {
  const code = errorCode(cause);
  const known = code === null ? undefined : FILE_TROUBLES[code]?.reason;
  const reason = known ?? (sqliteFailure(cause) !== null && cause instanceof Error ? cause.message : null);
  return reason === null ? '' : `: ${reason}`;
}

function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

function withCause(cause: unknown, options: SheerErrorOptions): SheerErrorOptions {
  return cause === undefined ? options : { ...options, cause };
}
