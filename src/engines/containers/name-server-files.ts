import { isIP } from 'node:net';
import { join } from 'node:path';
import type { ContainerAddress } from './container-facts.ts';
import { readWithoutTrace } from './read-without-trace.ts';

/** Of netavark for root; a user's own are below a runtime directory that the engine does not name. */
const DIRECTORY = '/run/containers/networks/aardvark-dns';

/** The addresses of a container in these networks, as podman's name server was told them. */
export function servedAddresses(id: string, networks: readonly string[]): readonly ContainerAddress[] {
  return networks.flatMap((network) => {
    const file = network.includes('/') ? null : readWithoutTrace(join(DIRECTORY, network));
    return file === null ? [] : addressesIn(file.text, id).map((ip) => ({ network, ip }));
  });
}

/** `ID IPV4,… IPV6,… NAME,…` per container, after a line with the gateways. */
export function addressesIn(text: string, id: string): readonly string[] {
  for (const line of text.split('\n')) {
    const [owner, ...families] = line.split(' ');
    if (owner !== id) continue;
    return families.slice(0, 2).flatMap((family) => family.split(',').filter((ip) => isIP(ip) !== 0));
  }
  return [];
}
