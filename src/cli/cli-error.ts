import { SheerError } from '#model';

/** What the CLI itself refuses. */
export class CliError extends SheerError {
  override readonly name = 'CliError';
}

export function unreadable(path: string, cause: unknown): CliError {
  return new CliError('invalid-input', `${path} can't be read${reason(cause)}`, { cause });
}

export function unwritable(path: string, cause: unknown): CliError {
  return new CliError('invalid-input', `${path} can't be written${reason(cause)}`, { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  EACCES: 'it is not permitted',
  EISDIR: 'it is a directory',
  ENOSPC: 'the disk is full',
  Z_BUF_ERROR: 'its compressed data is cut off; what came before the end was imported',
  Z_DATA_ERROR: 'its compressed data is damaged; what came before that was imported',
  EROFS: 'the file system is read-only',
};

function reason(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const words = REASONS[code] ?? code;
  return words === '' ? '' : `: ${words}`;
}
