import { hostScope, isLoopback, loopbackScope, networkScope } from '#model';
import type { AddressData, Protocol } from '#model';

import type { Host } from './host.ts';
import { networkOf } from './instance-data.ts';

export interface ListeningRow {
  readonly inode: number;
  readonly protocol: Protocol;
  readonly ip: string;
  readonly port: number;
  /** Inode of the network namespace; null: the node's own. */
  readonly namespace: number | null;
}

export function listeningAddress(host: Host, row: ListeningRow, instanceId: string): AddressData {
  const { ip, port, protocol } = row;
  const network = networkOf(host, row.namespace);
  const foreign = isLoopback(ip) ? loopbackScope(instanceId) : networkScope(host.node, network);
  const scope = network === 'host' ? hostScope(host.node) : foreign;
  return { scope, ip, port, protocol, holder: { kind: 'instance', id: instanceId } };
}
