import { AddressIndex } from '../src/graph/address-index.ts';

/** Mulberry32: the same numbers in every run, in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const BEGIN = Date.UTC(2026, 10, 1);
export const SPAN_MS = 7 * 24 * 3600 * 1000;
/** 10.0.0.0 */
const FIRST_ADDRESS = 0x0a000000;

/** Who held each of many addresses, one after the other, in seven days. */
export interface GeneratedAddresses {
  readonly addresses: Uint32Array;
  readonly index: AddressIndex;
  /** The same intervals as columns, in order of address and start. */
  readonly ip: Uint32Array;
  readonly from: Float64Array;
  readonly until: Float64Array;
  readonly holder: Int32Array;
}

/** Addresses lie scattered in 10.0.0.0/8; on average nine tenths of the time someone holds one. */
export function generateAddresses(addressCount: number, intervalCount: number): GeneratedAddresses {
  const random = seeded(1);
  const addresses = scatteredAddresses(addressCount, random);
  const columns = {
    ip: new Uint32Array(intervalCount),
    from: new Float64Array(intervalCount),
    until: new Float64Array(intervalCount),
    holder: new Int32Array(intervalCount),
  };
  const index = new AddressIndex();
  let row = 0;
  for (let number = 0; number < addressCount; number += 1) {
    const end = Math.floor(((number + 1) * intervalCount) / addressCount);
    const slice = SPAN_MS / (end - row);
    const ip = addresses[number] ?? 0;
    const held: { from: number; until: number; holder: number }[] = [];
    for (let at = BEGIN; row < end; row += 1, at += slice) {
      const from = at + Math.floor(random() * slice * 0.1);
      const until = at + slice - Math.floor(random() * slice * 0.1);
      held.push({ from, until, holder: row });
      columns.ip[row] = ip;
      columns.from[row] = from;
      columns.until[row] = until;
      columns.holder[row] = row;
    }
    index.set(index.intern4(0, ip), held);
  }
  return { addresses, index, ...columns };
}

function scatteredAddresses(count: number, random: () => number): Uint32Array {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(FIRST_ADDRESS + Math.floor(random() * 0x1000000));
  return Uint32Array.from(chosen);
}
