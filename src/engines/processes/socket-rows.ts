import { isConnected, isListening, readSocketTables } from '#proc';
import type { ProcessTable, SocketTable } from '#proc';

import { containerVerdict } from './container-verdict.ts';
import type { Host, LookTimes } from './host.ts';
import type { ListeningSockets } from './listening-sockets.ts';
import type { OutgoingSockets } from './outgoing-sockets.ts';

/** Representatives of a network namespace: the first may be gone when its tables are read. */
const REPRESENTATIVES = 3;

export interface SocketSinks {
  readonly listening: ListeningSockets;
  readonly outgoing: OutgoingSockets;
}

/**
 * Reads the socket tables of the node's own network namespace and of every other one that is this
 * engine's to watch.
 */
export function* readSocketRows(
  host: Host,
  table: ProcessTable,
  sinks: SocketSinks,
  look: LookTimes,
): Generator<void, void> {
  const namespaces = [[host.namespace, 'own'] as const, ...foreignNamespaces(host, table)];
  for (const [namespace, pids] of namespaces) {
    for (const socketTable of readSocketTables(host.files, pids)) {
      readRows(socketTable, namespace, sinks, look);
    }
    yield;
  }
}

/** Others than the node's own, in which a process lives that no container engine answers for. */
function foreignNamespaces(host: Host, table: ProcessTable): ReadonlyMap<number, readonly number[]> {
  const namespaces = new Map<number, number[]>();
  for (const { pid, namespace, containerId, startTicks } of table.all()) {
    if (namespace === null || namespace === host.namespace) continue;
    if (containerVerdict(host, containerId, startTicks) !== 'own') continue;
    const pids = namespaces.get(namespace) ?? [];
    if (pids.length < REPRESENTATIVES) namespaces.set(namespace, [...pids, pid]);
  }
  return namespaces;
}

function readRows(
  { protocol, rows }: SocketTable,
  namespace: number | null,
  { listening, outgoing }: SocketSinks,
  look: LookTimes,
): void {
  const ports = new Set<number>();
  const connected: { readonly inode: number; readonly port: number }[] = [];
  while (rows.next()) {
    const { inode, localPort: port } = rows;
    if (isListening(rows, protocol)) {
      ports.add(port);
      if (inode === 0) continue;
      listening.seen(inode, look, () => ({ inode, protocol, ip: rows.localIp(), port, namespace }));
    } else if (isConnected(rows)) {
      connected.push({ inode, port });
    }
  }
  // What ends at a port where someone listens was opened by the other side.
  for (const { inode, port } of connected) if (!ports.has(port)) outgoing.seen(inode, look);
}
