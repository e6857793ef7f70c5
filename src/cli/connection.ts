import { readFileSync } from 'node:fs';
import { createClient } from '#sdk';
import type { Client } from '#sdk';
import { CliError, unreadable } from './cli-error.ts';
import { nodeFetch } from './node-fetch.ts';
import type { Environment, StatePaths } from './state-paths.ts';

export interface ConnectionOptions {
  readonly paths: StatePaths;
  /** Whether these are the paths that `sheer up` uses by itself. */
  readonly isUsual: boolean;
  /** A control plane elsewhere; undefined: the one on this machine, over its socket. */
  readonly server: string | undefined;
  readonly tokenFile: string | undefined;
  readonly environment: Environment;
}

/**
 * @throws CliError `invalid-input`, `not-permitted`, `not-signed-in`
 */
export function connect(options: ConnectionOptions): Client {
  if (options.server === undefined) {
    const { state, socket } = options.paths;
    return createClient({
      fetch: nodeFetch(socket),
      baseUrl: 'http://localhost',
      token: null,
      name: `the control plane of ${state}`,
      startedBy: options.isUsual ? 'sheer up' : `sheer up --state ${state}`,
    });
  }
  const baseUrl = checkedUrl(options.server);
  return createClient({ fetch: nodeFetch(null), baseUrl, token: readToken(options) });
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

function checkedUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/') {
    throw new CliError('invalid-input', `--server: "${text}" is not the address of a control plane`, {
      next: 'write it as https://HOST:PORT',
    });
  }
  if (url.protocol === 'http:' && !LOOPBACK_NAMES.includes(url.hostname)) {
    throw new CliError('not-permitted', `--server: a token would go to ${url.hostname} in clear`, {
      next: `use https, or ssh -L 7420:127.0.0.1:7420 ${url.hostname} and --server http://127.0.0.1:7420`,
    });
  }
  return url.origin;
}

/** `--token-file` counts before SHEER_TOKEN: what was written last. Never an argument: others see those. */
function readToken({ tokenFile, environment }: ConnectionOptions): string {
  if (tokenFile !== undefined) {
    try {
      return readFileSync(tokenFile, 'utf8').trim();
    } catch (error) {
      throw unreadable(tokenFile, error);
    }
  }
  const token = environment['SHEER_TOKEN']?.trim();
  if (token) return token;
  throw new CliError('not-signed-in', '--server needs a token', {
    next: 'set SHEER_TOKEN, or use --token-file FILE; it is the file `token` in the state directory there',
  });
}
