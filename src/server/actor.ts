import type { Connection } from './access.ts';
import type { ServerOptions } from './options.ts';

/** Who did it, for the audit. */
export function actorOf(connection: Connection, options: ServerOptions): string {
  return connection.kind === 'socket' ? options.owner : `${options.owner} (by token)`;
}
