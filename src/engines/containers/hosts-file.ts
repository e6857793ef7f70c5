import { isIP } from 'node:net';
import { isLoopback } from '#model';

/** What tells a container's own lines of its hosts file from all others. */
export interface HostsOwner {
  readonly id: string;
  readonly name: string;
  /** `name:ip`, which the user added. */
  readonly extraHosts: readonly string[];
}

/**
 * The addresses that podman wrote for the container itself: `10.88.0.2<tab>HOSTNAME NAME`, one line
 * per network and address family. The host name is the short id unless it was set; the name always
 * stands there.
 */
export function ownAddresses(text: string, owner: HostsOwner): readonly string[] {
  const added = new Set(owner.extraHosts);
  const addresses: string[] = [];
  for (const line of text.split('\n')) {
    const [ip = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    if (isIP(ip) === 0 || isLoopback(ip)) continue;
    if (!names.includes(owner.name) && !names.includes(owner.id.slice(0, 12))) continue;
    if (names.every((name) => added.has(`${name}:${ip}`))) continue;
    if (!addresses.includes(ip)) addresses.push(ip);
  }
  return addresses;
}
