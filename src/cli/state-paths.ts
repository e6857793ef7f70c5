import { join, resolve } from 'node:path';

/** Where a control plane on this machine lives. */
export interface StatePaths {
  readonly state: string;
  readonly socket: string;
  readonly token: string;
}

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `--state`, else the user's state directory (XDG Base Directory Specification 0.8). */
export function statePaths(given: string | undefined, environment: Environment, home: string): StatePaths {
  const base = environment['XDG_STATE_HOME'];
  // The specification says to ignore a relative one.
  const parent = base?.startsWith('/') ? base : join(home, '.local', 'state');
  const state = given === undefined ? join(parent, 'sheerline') : resolve(given);
  return { state, socket: join(state, 'sheer.sock'), token: join(state, 'token') };
}
