import { containerInstanceId, hostScope, isLoopback, loopbackScope, networkScope } from '#model';
import type { Flow, FlowEnd, FlowHolder, Instant, Scope } from '#model';

import type { NewConnection } from './connection-rows.ts';

export interface SocketPlace {
  readonly node: string;
  /** Inode of the node's own network namespace; null where it can't be read. */
  readonly namespace: number | null;
  readonly at: Instant;
}

/** The flow that a connection tells of, seen from the process that holds its local end. */
export function flowOfConnection(
  connection: NewConnection,
  holder: FlowHolder | null,
  serverSide: boolean,
  place: SocketPlace,
): Flow {
  const { localIp, localPort, remoteIp, remotePort } = connection;
  const scope = scopeOf(connection, holder, place);
  // The peer is in the same namespace for certain when it has a loopback address or the socket's own.
  const samePlace = remoteIp === localIp || isLoopback(remoteIp);
  const own: FlowEnd = { ip: localIp, port: localPort, scope, holder };
  const peer: FlowEnd = { ip: remoteIp, port: remotePort, scope: samePlace ? scope : null, holder: null };
  return {
    kind: 'flow',
    at: place.at,
    protocol: connection.protocol,
    client: serverSide ? peer : own,
    server: serverSide ? own : peer,
    translated: null,
    seenFrom: serverSide ? 'server' : 'client',
    verdict: 'established',
    connections: 1,
    bytes: null,
  };
}

function scopeOf(connection: NewConnection, holder: FlowHolder | null, place: SocketPlace): Scope | null {
  const { namespace, localIp } = connection;
  if (namespace === null || namespace === place.namespace) return hostScope(place.node);
  if (holder === null) return null;
  if (holder.kind === 'process') return networkScope(place.node, `netns-${namespace}`);
  return isLoopback(localIp) ? loopbackScope(containerInstanceId(holder.id)) : null;
}
