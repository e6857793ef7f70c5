import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import {
  containerInstanceId,
  type AddressData,
  type InstanceData,
  type Observation,
  type UnknownReason,
} from '#model';
import type { StormedContainer } from './storm.ts';

/** One interval as an engine reported it. */
export interface ObservedInterval<T> {
  readonly data: T;
  readonly from: number;
  readonly until: number;
}

/** The intervals of a kind of subject, by subject id, in the order in which they were reported. */
export function intervals<T>(
  observations: readonly Observation[],
  kind: 'instance' | 'address',
): ReadonlyMap<string, readonly ObservedInterval<T>[]> {
  const found = new Map<string, { data: T; from: number; until: number }[]>();
  for (const each of observations) {
    if ((each.kind !== 'assert' && each.kind !== 'end') || each.subject.kind !== kind) continue;
    const known = found.get(each.subject.id) ?? [];
    found.set(each.subject.id, known);
    const open = known.find(({ until }) => until === Number.POSITIVE_INFINITY);
    if (each.kind === 'end') {
      if (open !== undefined) open.until = each.validFrom;
      // The kind of the subject says what its data is.
    } else if (open !== undefined) open.data = each.data as T;
    else known.push({ data: each.data as T, from: each.validFrom, until: Number.POSITIVE_INFINITY });
  }
  return found;
}

const GONE: UnknownReason = 'gone-before-it-could-be-read';

/** Kernel stamps of files are as coarse as its timer: 4 ms. */
const STAMP_MS = 5;

/**
 * Compares an engine's observations with the generator's truth: every container known, with its one
 * right IPv4 address, within its life, and no address held by two at once. `best-effort`: a
 * container may say that it had gone before its address could be read, and then has none.
 */
export function judgeStorm(
  observations: readonly Observation[],
  truth: readonly StormedContainer[],
  addressed: 'always' | 'best-effort' = 'always',
): void {
  const instances = intervals<InstanceData>(observations, 'instance');
  const addresses = [...intervals<AddressData>(observations, 'address').values()].flat();
  for (const container of truth) {
    const id = containerInstanceId(container.id);
    const run = instances.get(id)?.[0];
    assert.ok(run, `${container.name} is known`);
    assert.equal(run.data.name, container.name);
    const missing = addressed === 'best-effort' && run.data.addressMissing === GONE;
    if (!missing) assert.equal(run.data.addressMissing, null, container.name);
    const held = addresses.filter(({ data }) => data.holder.id === id && data.port === null);
    assert.deepEqual(
      held.map(({ data }) => data.ip).filter((ip) => isIPv4(ip)),
      missing ? [] : [container.ip],
      `the address of ${container.name}`,
    );
    for (const { from, until } of [run, ...held]) {
      assert.ok(from >= container.afterMs - STAMP_MS && from <= until, `${container.name} begins at ${from}`);
      assert.ok(until <= container.beforeMs, `${container.name} ends at ${until}`);
    }
  }
  assertNoOverlap(addresses);
}

function assertNoOverlap(addresses: readonly ObservedInterval<AddressData>[]): void {
  const byPlace = Map.groupBy(addresses, ({ data }) => `${data.scope} ${data.ip} ${data.port}`);
  for (const [place, held] of byPlace) {
    const ordered = held.toSorted((left, right) => left.from - right.from);
    for (const [index, next] of ordered.entries()) {
      const earlier = ordered[index - 1];
      assert.ok(earlier === undefined || earlier.until <= next.from, `two hold ${place} at ${next.from}`);
    }
  }
}
