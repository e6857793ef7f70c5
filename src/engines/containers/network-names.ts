import { BlockList, isIPv6 } from 'node:net';
import type { NetworkSubnets } from './wire.ts';

/** Which of an engine's networks an address belongs to, by their subnets. */
export class NetworkNames {
  readonly #fetch: () => Promise<readonly NetworkSubnets[]>;
  #known: ReadonlyMap<string, BlockList> = new Map();
  #fetching: Promise<void> | null = null;

  constructor(fetch: () => Promise<readonly NetworkSubnets[]>) {
    this.#fetch = fetch;
  }

  /**
   * Of the networks that a container is attached to (`candidates`; empty: not known), the one that
   * has the address. Null when none has, or the engine does not say.
   */
  async nameOf(ip: string, candidates: readonly string[]): Promise<string | null> {
    if (candidates.length === 1) return candidates[0] ?? null;
    // What is asked already may be answered as it was before the network was made.
    if (this.#fetching !== null && this.#find(ip, candidates) === null) await this.#fetching;
    return this.#find(ip, candidates) ?? (await this.refresh(), this.#find(ip, candidates));
  }

  /** Networks that there are, as far as is known. */
  get known(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** One request at a time serves everybody who asks meanwhile. */
  refresh(): Promise<void> {
    this.#fetching ??= this.#read().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  #find(ip: string, candidates: readonly string[]): string | null {
    const family = isIPv6(ip) ? 'ipv6' : 'ipv4';
    for (const [name, subnets] of this.#known) {
      if (candidates.length > 0 && !candidates.includes(name)) continue;
      if (subnets.check(ip, family)) return name;
    }
    return null;
  }

  async #read(): Promise<void> {
    try {
      const networks = await this.#fetch();
      this.#known = new Map(networks.map(({ name, subnets }) => [name, blockList(subnets)]));
    } catch {
      // An engine that does not answer now leaves what was known.
    }
  }
}

function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', prefix = ''] = subnet.split('/');
    try {
      list.addSubnet(address, Number(prefix), isIPv6(address) ? 'ipv6' : 'ipv4');
    } catch {
      // No subnet: nothing belongs to it.
    }
  }
  return list;
}
