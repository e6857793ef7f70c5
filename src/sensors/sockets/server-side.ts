import { isLoopback } from '#model';

/** `net.ipv4.ip_local_port_range`: the kernel takes a client's port from there. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export const DEFAULT_PORT_RANGE: PortRange = { first: 32_768, last: 60_999 };

export function parsePortRange(text: string | null): PortRange {
  const [first, last] = (text ?? '').trim().split(/\s+/).map(Number);
  const valid = Number.isInteger(first) && Number.isInteger(last) && Number(first) < Number(last);
  return valid ? { first: Number(first), last: Number(last) } : DEFAULT_PORT_RANGE;
}

export interface Ends {
  readonly localPort: number;
  readonly remoteIp: string;
  readonly remotePort: number;
}

/**
 * Whether the local end was connected to. Certain where someone listens at its port; after the
 * listener has gone, the end outside of the range of clients' ports is taken for the server.
 */
export function isServerSide(ends: Ends, listening: ReadonlySet<number>, range: PortRange): boolean {
  const { localPort, remoteIp, remotePort } = ends;
  const forClients = (port: number): boolean => port >= range.first && port <= range.last;
  if (listening.has(localPort)) {
    // Both ends on this machine listen at their ports: then the one with a client's port connected.
    const both = isLoopback(remoteIp) && listening.has(remotePort);
    return !both || !forClients(localPort) || forClients(remotePort);
  }
  return !forClients(localPort) && forClients(remotePort);
}
