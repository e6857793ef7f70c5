import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import type { PodmanNetwork } from './podman.ts';

const execute = promisify(execFile);

/**
 * A network with a random name in a subnet that no route of this machine covers: 10.128.0.0/9 for
 * IPv4, so that podman's own 10.88.0.0/16 and 10.89.0.0/16 stay clear; a random ULA for IPv6.
 */
export async function freeSubnet(prefix: number, ipv6: boolean): Promise<PodmanNetwork> {
  const { stdout: routes } = await execute('ip', ['-4', 'route', 'show', 'table', 'all']);
  const random = randomBytes(4).toString('hex');
  for (;;) {
    const start = `10.${randomInt(128, 256)}.${randomInt(0, 256)}`;
    if (routes.includes(`${start}.`)) continue;
    return {
      name: `sheer-${random}`,
      bridge: `sh${random}`,
      subnet: `${start}.0/${prefix}`,
      gateway: `${start}.1`,
      subnet6: ipv6 ? `fd${random.slice(0, 2)}:${random.slice(2, 6)}:${random.slice(4)}::/64` : null,
      address: (n) => `${start}.${n}`,
    };
  }
}

/** Podman's own file format for a network, as `podman network create` writes it. */
export function networkConfiguration(
  network: PodmanNetwork,
  dns: boolean,
): Readonly<Record<string, unknown>> {
  const subnets = [{ subnet: network.subnet, gateway: network.gateway }];
  if (network.subnet6 !== null) {
    subnets.push({ subnet: network.subnet6, gateway: network.subnet6.replace('::/64', '::1') });
  }
  return {
    name: network.name,
    id: randomBytes(32).toString('hex'),
    driver: 'bridge',
    network_interface: network.bridge,
    created: new Date().toISOString(),
    subnets,
    ipv6_enabled: network.subnet6 !== null,
    internal: false,
    dns_enabled: dns,
    ipam_options: { driver: 'host-local' },
  };
}
