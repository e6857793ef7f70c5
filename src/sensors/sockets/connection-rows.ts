import type { Protocol } from '#model';
import { isConnected, isListening, SOCKET_STATE } from '#proc';
import type { SocketTable } from '#proc';

import type { ConnectionBook } from './connection-book.ts';

/** A connection that was not there at the last look. */
export interface NewConnection {
  readonly protocol: Protocol;
  readonly namespace: number | null;
  readonly localIp: string;
  readonly localPort: number;
  readonly remoteIp: string;
  readonly remotePort: number;
  /** 0 while it waits to be accepted. */
  readonly inode: number;
}

/** What the tables of one network namespace show. */
export interface NamespaceRows {
  readonly connections: NewConnection[];
  /** Ports at which someone waits, per protocol. */
  readonly listening: Readonly<Record<Protocol, Set<number>>>;
  /** Connections that ended before any look saw them open. */
  missed: number;
}

export const noRows = (): NamespaceRows => ({
  connections: [],
  listening: { tcp: new Set(), udp: new Set() },
  missed: 0,
});

const { established, synSent, synReceived } = SOCKET_STATE;

/** Adds the rows of one table. */
export function readConnections(
  table: SocketTable,
  namespace: number | null,
  book: ConnectionBook,
  into: { readonly rows: NamespaceRows; readonly look: number },
): void {
  const { protocol, rows } = table;
  while (rows.next()) {
    if (isListening(rows, protocol)) {
      into.rows.listening[protocol].add(rows.localPort);
      continue;
    }
    if (rows.remotePort === 0 || rows.state === synSent || rows.state === synReceived) continue;
    const { inode, localPort, remotePort, state } = rows;
    if (!book.isNew(`${namespace} ${protocol} ${rows.tuple()}`, inode, into.look)) continue;
    // Whose it was can't be known any more: the kernel has let go of the socket.
    if (state !== established && !isConnected(rows)) into.rows.missed += 1;
    else {
      const localIp = rows.localIp();
      const remoteIp = rows.remoteIp();
      into.rows.connections.push({
        protocol,
        namespace,
        localIp,
        localPort,
        remoteIp,
        remotePort,
        inode,
      });
    }
  }
}
