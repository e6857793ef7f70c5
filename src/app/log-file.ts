import { fstatSync, openSync, renameSync, statSync } from 'node:fs';

/** A start logs 1 kB, and a month of trouble some MB: two of these are enough to see what went wrong. */
const LOG_BYTES_MAX = 8 * 1024 * 1024;

/** The log of a control plane in the background, opened to be written at its end. */
export interface LogFile {
  readonly descriptor: number;
  /** What it held before, in bytes. */
  readonly size: number;
}

/**
 * What is there stays, until it is too long: then it is moved to `PATH.1`, in the place of the one
 * before it.
 *
 * @param isInUse asked only of a long one: whether a control plane writes there
 */
export async function openLogFile(path: string, isInUse: () => Promise<boolean>): Promise<LogFile> {
  const isLong = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES_MAX;
  if (isLong && !(await isInUse())) renameSync(path, `${path}.1`);
  const descriptor = openSync(path, 'a', 0o600);
  return { descriptor, size: fstatSync(descriptor).size };
}
