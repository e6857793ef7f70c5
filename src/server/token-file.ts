import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { ServerError } from './errors.ts';

/**
 * The token of the control plane: read from its file, which is made (0600) when it is not there.
 *
 * @throws ServerError `not-permitted`: others may read the file, so the token is no secret.
 * @throws ServerError `state-unusable`: it can't be read or written.
 */
export function loadToken(path: string, newToken: () => string): string {
  try {
    return readToken(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw unusable(path, error);
  }
  try {
    createToken(path, newToken());
  } catch (error) {
    // Someone else made it in between: theirs counts.
    if (!hasCode(error, 'EEXIST')) throw unusable(path, error);
  }
  return readToken(path);
}

/** 256 bits in hexadecimal are 64; less than 32 can be guessed. */
const TOKEN_LENGTH_MIN = 32;

function readToken(path: string): string {
  const file = openSync(path, 'r');
  try {
    if ((fstatSync(file).mode & 0o077) !== 0) {
      throw new ServerError('not-permitted', `others may read the token in ${path}`, {
        next: `rm ${path} (a new one is made at the next start)`,
      });
    }
    const token = readFileSync(file, 'utf8').trim();
    if (!/^[\w-]+$/.test(token) || token.length < TOKEN_LENGTH_MIN) {
      throw new ServerError('state-unusable', `${path} holds no token`, {
        next: `rm ${path} (a new one is made at the next start)`,
      });
    }
    return token;
  } finally {
    closeSync(file);
  }
}

/** The whole file or none, also when we are killed or the disk is full: half a token would refuse every start. */
function createToken(path: string, token: string): void {
  const written = `${path}.new`;
  rmSync(written, { force: true });
  const file = openSync(written, 'wx', 0o600);
  try {
    writeSync(file, `${token}\n`);
    fsyncSync(file);
    linkSync(written, path);
  } finally {
    closeSync(file);
    rmSync(written, { force: true });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function unusable(path: string, cause: unknown): ServerError {
  if (cause instanceof ServerError) return cause;
  return new ServerError('state-unusable', `the token in ${path} can't be read or written`, { cause });
}
