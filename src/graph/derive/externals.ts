import {
  type AddressBlock,
  type ExternalData,
  mappedIpv4,
  parseAddressBlock,
  parseIpv4,
  parseIpv6,
  prefixMask,
  type Scope,
} from '#model';

import { INTERNET, isPublicAddress } from './public-address.ts';
import type { Declared } from './service.ts';

/** What an address outside turned out to be. */
export interface ExternalMatch {
  /** {@link INTERNET} for an undeclared public address. */
  readonly id: string;
  /** Null: nobody declared it. */
  readonly data: ExternalData | null;
  /** The declared address or block that holds it; null for an undeclared one. */
  readonly block: string | null;
}

export interface ExternalQuestion {
  readonly ip: string;
  /** Null: not known. */
  readonly port: number | null;
  readonly scope: Scope | null;
}

/** Names addresses outside. One hash lookup per prefix length that somebody declared. */
export class ExternalMatcher {
  readonly #tables: { readonly 4: Tables; readonly 6: Tables } = { 4: new Map(), 6: new Map() };
  readonly #scratch = new Uint32Array(4);
  readonly #single = new Uint32Array(1);

  constructor(externals: readonly Declared<ExternalData>[]) {
    const entries = externals.flatMap(({ id, data }) =>
      data.addresses.flatMap((text) => {
        const block = parseAddressBlock(text);
        return block === null ? [] : [{ id, data, text, block }];
      }),
    );
    // The longest prefix is asked first, and of equals the one that says more; the rest is for a fixed order.
    entries.sort((a, b) => b.block.prefixLength - a.block.prefixLength || precedence(a, b));
    for (const entry of entries) this.#add(entry.block, entry);
  }

  /**
   * The declared external with the longest prefix whose ports and scope allow it; of equals the one that names
   * the port or the scope. Otherwise `internet` for a public address, and null for a private one.
   */
  match(question: ExternalQuestion): ExternalMatch | null {
    const words = this.#wordsOf(question.ip);
    if (words === null) return null;
    for (const [prefixLength, table] of this.#tables[words.length === 1 ? 4 : 6]) {
      const entry = table
        .get(keyOf(words, prefixLength))
        ?.find((candidate) => allows(candidate.data, question));
      if (entry !== undefined) return { id: entry.id, data: entry.data, block: entry.text };
    }
    return isPublicAddress(question.ip) ? { id: INTERNET, data: null, block: null } : null;
  }

  #add(block: AddressBlock, entry: Entry): void {
    const tables = this.#tables[block.version];
    const table = tables.get(block.prefixLength) ?? new Map<number | string, Entry[]>();
    tables.set(block.prefixLength, table);
    const key = keyOf(block.words, block.prefixLength);
    const entries = table.get(key);
    if (entries === undefined) table.set(key, [entry]);
    else entries.push(entry);
  }

  /** A view that is overwritten by the next call. */
  #wordsOf(ip: string): Uint32Array | null {
    const ipv4 = parseIpv4(ip);
    const mapped = ipv4 < 0 && parseIpv6(ip, this.#scratch) ? mappedIpv4(this.#scratch) : -2;
    if (ipv4 < 0 && mapped === -1) return this.#scratch;
    if (ipv4 < 0 && mapped < 0) return null;
    this.#single[0] = ipv4 < 0 ? mapped : ipv4;
    return this.#single;
  }
}

interface Entry {
  readonly id: string;
  readonly data: ExternalData;
  readonly text: string;
}

/** By prefix length, the longest first; then by the bits of the prefix. */
type Tables = Map<number, Map<number | string, Entry[]>>;

function keyOf(words: Uint32Array, prefixLength: number): number | string {
  const word = (index: number): number => ((words[index] ?? 0) & prefixMask(prefixLength, index)) >>> 0;
  return words.length === 1 ? word(0) : `${word(0)} ${word(1)} ${word(2)} ${word(3)}`;
}

function allows(data: ExternalData, { port, scope }: ExternalQuestion): boolean {
  const portAllowed = port === null || data.ports.length === 0 || data.ports.includes(port);
  const scopeAllowed = data.scope === null || scope === null || data.scope === scope;
  return portAllowed && scopeAllowed;
}

function precedence(a: Entry, b: Entry): number {
  const says = ({ data }: Entry): number => (data.ports.length > 0 ? 2 : 0) + (data.scope === null ? 0 : 1);
  return says(b) - says(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
