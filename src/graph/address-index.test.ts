import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { AMBIGUOUS, AddressIndex, type HeldInterval, NO_HOLDER } from './address-index.ts';

const FOREVER = Number.POSITIVE_INFINITY;

describe('address index: keys', () => {
  it('tells scopes, ports and protocols of one address apart', () => {
    const index = new AddressIndex();
    const keys = [
      index.intern(0, '10.0.0.1'),
      index.intern(1, '10.0.0.1'),
      index.intern(0, '10.0.0.1', 80, 'tcp'),
      index.intern(0, '10.0.0.1', 80, 'udp'),
      index.intern(0, '10.0.0.1', 0, 'tcp'),
      index.intern(0, '2001:db8::1'),
      index.intern(0, '2001:db8::1', 80, 'tcp'),
    ];
    assert.deepEqual(keys, [0, 1, 2, 3, 4, 5, 6]);
    assert.equal(index.keyOf4(1, 0x0a000001), 1);
    assert.equal(index.keyOf4(2, 0x0a000001), -1);
    assert.equal(index.keyOf(0, '2001:DB8:0::1'), 5, 'another spelling of the same address');
    assert.equal(index.keyOf(0, '::ffff:10.0.0.1'), 0, 'IPv4 mapped into IPv6 is IPv4');
    assert.deepEqual(index.describe(3), { scope: 0, ip: '10.0.0.1', port: 80, protocol: 'udp' });
    assert.deepEqual(index.describe(5), { scope: 0, ip: '2001:db8::1', port: null, protocol: null });
  });

  it('gives text that is no address no key', () => {
    const index = new AddressIndex();
    assert.equal(index.intern(0, 'localhost'), -1);
    assert.equal(index.keyOf(0, '10.0.0'), -1);
    assert.equal(index.at(-1, 5), NO_HOLDER);
    assert.equal(index.size, 0);
  });

  it('finds each of 20,000 keys after growing', () => {
    const index = new AddressIndex();
    for (let n = 0; n < 20_000; n += 1) assert.equal(index.intern4(n % 7, 0x0a000000 + n), n);
    for (let n = 0; n < 20_000; n += 1) assert.equal(index.keyOf4(n % 7, 0x0a000000 + n), n);
  });
});

describe('address index: intervals', () => {
  it('is half-open: the start belongs to the holder, the end does not', () => {
    const index = new AddressIndex();
    const key = index.intern(0, '10.0.0.1');
    index.set(key, [
      { from: 20.5, until: 30, holder: 2 },
      { from: 10, until: 20.25, holder: 1 },
    ]);
    assert.deepEqual(
      [9, 10, 20, 20.25, 20.5, 29.999, 30].map((at) => index.at(key, at)),
      [NO_HOLDER, 1, 1, NO_HOLDER, 2, 2, NO_HOLDER],
    );
    assert.deepEqual(index.lastBefore(key, 20.3), { from: 10, until: 20.25, holder: 1 });
    assert.deepEqual(index.firstAfter(key, 20.3), { from: 20.5, until: 30, holder: 2 });
    assert.equal(index.lastBefore(key, 20), null);
    assert.equal(index.firstAfter(key, 20.5), null);
  });

  it('says ambiguous only where two different holders claim one moment', () => {
    const index = new AddressIndex();
    const key = index.intern(0, '10.0.0.1');
    index.open(key, 0, 1);
    index.open(key, 10, 2);
    index.open(key, 20, 2);
    assert.deepEqual([index.at(key, 5), index.at(key, 15)], [1, AMBIGUOUS]);
    assert.deepEqual(index.allAt(key, 25), [1, 2]);
    assert.equal(index.close(key, 1, 10), true);
    assert.equal(index.close(key, 1, 10), false, 'it is no longer open');
    assert.deepEqual([index.at(key, 5), index.at(key, 15), index.at(key, 25)], [1, 2, 2]);
  });

  it('says ambiguous where the moment is not known well enough to tell two holders apart', () => {
    const index = new AddressIndex();
    const key = index.intern(0, '10.0.0.1');
    index.set(key, [
      { from: 10, until: 20.5, holder: 1 },
      { from: 20.75, until: 30, holder: 2 },
    ]);
    const during = (from: number, to: number): number => index.during(key, from, to);
    assert.deepEqual([during(20, 20.6), during(20, 20.75), during(20.5, 21)], [1, AMBIGUOUS, 2]);
    assert.deepEqual([during(20.5, 20.7), during(0, 9), during(30, 40)], [NO_HOLDER, NO_HOLDER, NO_HOLDER]);
  });

  it('takes an interval out that is closed before it began', () => {
    const index = new AddressIndex();
    const key = index.intern(0, '10.0.0.1');
    index.open(key, 10, 1);
    assert.equal(index.close(key, 1, 10), true);
    assert.deepEqual(index.intervals(key), []);
  });

  it('refuses a snapshot of another format, and one whose parts are cut', () => {
    const index = new AddressIndex();
    index.open(index.intern(0, '10.0.0.1'), 0, 1);
    const parts = index.parts();
    assert.equal(AddressIndex.fromParts([]), null);
    assert.equal(AddressIndex.fromParts([Uint8Array.of(1, 2, 3, 4), ...parts.slice(1)]), null);
    for (let part = 0; part < parts.length; part += 1) {
      const cut = parts.map((bytes, at) => (at === part && bytes.length > 0 ? bytes.subarray(1) : bytes));
      if (parts[part]?.length !== 0) assert.equal(AddressIndex.fromParts(cut), null, `part ${part}`);
    }
  });
});

type Command =
  | { readonly kind: 'set'; readonly key: number; readonly intervals: readonly HeldInterval[] }
  | { readonly kind: 'open'; readonly key: number; readonly from: number; readonly holder: number }
  | { readonly kind: 'close'; readonly key: number; readonly holder: number; readonly until: number }
  | { readonly kind: 'drop'; readonly before: number }
  | { readonly kind: 'reload' };

const key = fc.integer({ min: 0, max: 3 });
const holder = fc.integer({ min: 0, max: 2 });
const time = fc.integer({ min: 0, max: 40 });
const interval = fc.record({
  from: time,
  until: fc.oneof({ weight: 5, arbitrary: time }, { weight: 1, arbitrary: fc.constant(FOREVER) }),
  holder,
});
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, intervals: fc.array(interval, { maxLength: 12 }) }),
  fc.record({ kind: fc.constant('open' as const), key, from: time, holder }),
  fc.record({ kind: fc.constant('close' as const), key, holder, until: time }),
  fc.record({ kind: fc.constant('drop' as const), before: time }),
  fc.record({ kind: fc.constant('reload' as const) }),
);

describe('address index: against a list that is searched from end to end', () => {
  it('answers the same after any commands, at any time', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        let index = new AddressIndex();
        for (let n = 0; n < 4; n += 1) index.intern4(0, n);
        const oracle: HeldInterval[][] = [[], [], [], []];
        for (const step of commands) {
          index = perform(index, step);
          performOnLists(oracle, step);
          for (const [n, list] of oracle.entries()) assertSame(index, n, list);
        }
        assert.equal(index.intervalCount(), oracle.flat().length);
      }),
      { numRuns: 300 },
    );
  });
});

function perform(index: AddressIndex, step: Command): AddressIndex {
  if (step.kind === 'set') index.set(step.key, step.intervals);
  if (step.kind === 'open') index.open(step.key, step.from, step.holder);
  if (step.kind === 'close') index.close(step.key, step.holder, step.until);
  if (step.kind === 'drop') index.dropBefore(step.before);
  if (step.kind !== 'reload') return index;
  const loaded = AddressIndex.fromParts(index.parts().map((part) => Uint8Array.from(part)));
  assert.ok(loaded !== null);
  return loaded;
}

function performOnLists(lists: HeldInterval[][], step: Command): void {
  if (step.kind === 'set') lists[step.key] = step.intervals.filter(({ from, until }) => from < until);
  if (step.kind === 'open') lists[step.key]?.push({ from: step.from, until: FOREVER, holder: step.holder });
  if (step.kind === 'drop') {
    for (const [n, list] of lists.entries()) lists[n] = list.filter(({ until }) => until > step.before);
  }
  if (step.kind !== 'close') return;
  const list = lists[step.key] ?? [];
  const open = list.filter((held) => held.until === FOREVER && held.holder === step.holder);
  const latest = open.reduce((best, held) => Math.max(best, held.from), -1);
  const at = list.findLastIndex(
    (held) => held.until === FOREVER && held.holder === step.holder && held.from === latest,
  );
  if (at < 0) return;
  if (latest < step.until) list[at] = { from: latest, until: step.until, holder: step.holder };
  else list.splice(at, 1);
}

function assertSame(index: AddressIndex, n: number, list: readonly HeldInterval[]): void {
  assert.deepEqual(sortedText(index.intervals(n)), sortedText(list));
  for (const at of [-1, 0, 0.5, 5, 10.5, 19, 20, 33, 40, 41, 1e15]) {
    const holders = new Set(
      list.filter(({ from, until }) => from <= at && at < until).map((held) => held.holder),
    );
    const [only = NO_HOLDER] = holders;
    assert.equal(index.at(n, at), holders.size > 1 ? AMBIGUOUS : only, `at ${at}`);
    for (const width of [0, 0.5, 7]) {
      const during = new Set(
        list.filter(({ from, until }) => from <= at + width && at < until).map((held) => held.holder),
      );
      const expected = during.size > 1 ? AMBIGUOUS : ([...during][0] ?? NO_HOLDER);
      assert.equal(index.during(n, at, at + width), expected, `from ${at} for ${width}`);
      assert.equal(duringEach4(index, n, at, at + width), expected);
    }
    assert.deepEqual(new Set(index.allAt(n, at)), holders);
    const ended = list.filter(({ until }) => until <= at).map(({ until }) => until);
    assert.equal(index.lastBefore(n, at)?.until ?? null, ended.length === 0 ? null : Math.max(...ended));
    const later = list.filter(({ from }) => from > at).map(({ from }) => from);
    assert.deepEqual(
      index.after(n, at, 3).map(({ from }) => from),
      later.toSorted((a, b) => a - b).slice(0, 3),
    );
  }
}

function sortedText(intervals: readonly HeldInterval[]): string[] {
  return intervals.map((one) => JSON.stringify(one)).toSorted();
}

/** Key n is address n of scope 0; beside the question an address that has no key. */
function duringEach4(index: AddressIndex, n: number, from: number, to: number): number | undefined {
  const holders = new Int32Array(70);
  const ipv4 = new Uint32Array(70).fill(99);
  ipv4[69] = n;
  const moments = { from: new Float64Array(70).fill(from), to: new Float64Array(70).fill(to) };
  index.duringEach4(0, { ipv4, ...moments }, holders, 70);
  assert.ok(holders.subarray(0, 69).every((found) => found === NO_HOLDER));
  return holders[69];
}
