import { hostScope, networkScope } from '#model';
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

/**
 * In a network namespace that is neither the node's own nor a container's, loopback is as shared as
 * every other address: one scope for all of it.
 */
export function listeningAddress(host: Host, row: ListeningRow, instanceId: string): AddressData {
  const { ip, port, protocol } = row;
  const network = networkOf(host, row.namespace);
  const scope = network === 'host' ? hostScope(host.node) : networkScope(host.node, network);
  return { scope, ip, port, protocol, holder: { kind: 'instance', id: instanceId } };
}
