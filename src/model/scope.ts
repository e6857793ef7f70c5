/**
 * Where an address is unique: the same 10.88.0.2 exists in many networks, 127.0.0.1 in every
 * network namespace. One string, so that it is a key everywhere:
 *
 * - `host/NODE`: the node's own network namespace
 * - `network/NODE/NAME`: an engine's network on that node (podman's `podman`, Docker's `bridge`)
 * - `loopback/INSTANCE`: 127.0.0.0/8 and ::1 inside the namespace of one instance
 * - `vpc/NAME`, `cluster/NAME`: named by the user when logs are imported, or by the cluster
 */
export type Scope = string;

export const hostScope = (node: string): Scope => `host/${node}`;
export const networkScope = (node: string, network: string): Scope => `network/${node}/${network}`;
export const loopbackScope = (instance: string): Scope => `loopback/${instance}`;

/** 127.0.0.0/8, ::1 and IPv4 loopback mapped into IPv6. */
export function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1' || ip.startsWith('::ffff:127.');
}

/** `::ffff:10.0.0.1` is 10.0.0.1 seen through a dual-stack socket. */
export function unmapped(ip: string): string {
  return ip.startsWith('::ffff:') && ip.includes('.') ? ip.slice('::ffff:'.length) : ip;
}
