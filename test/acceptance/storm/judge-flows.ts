import { containerInstanceId, type CallAnswer, type FlowAnswer } from '#model';
import { HOST_MEMBER, serviceOf, STORM_PORT, type StormTruth, type TrueContainer } from './generator.ts';
import type { MemberLog, TrueCall } from './truth.ts';

/** The shortest connection that the product promises to name. */
const HELD_MS_MIN = 5;

/** A member, by what the product calls it. */
interface Member {
  readonly name: string;
  readonly instance: string;
  readonly service: string;
  readonly log: MemberLog;
  /** Null: it lived all the time. */
  readonly container: TrueContainer | null;
}

/** The member that is a process of the host, as the product calls it. */
export interface HostMember {
  readonly instance: string;
  readonly service: string;
}

export interface FlowVerdict {
  /** Made, and said by both ends; of them, those that were held for 5 ms or more. */
  readonly connections: number;
  readonly lasting: number;
  /** Of all connections, those that the product counts between the right two. */
  readonly named: number;
  /** What it counts with an end that has no name, by its reason. */
  readonly unknown: Readonly<Record<string, number>>;
  /** What it counts between two that made no such connection: a sentence each. */
  readonly wrong: readonly string[];
  /** Tried and not made, as the product counts them. */
  readonly failed: number;
}

/** Compares minute rows, by instance, with what every caller wrote down. */
export function judgeFlows(rows: readonly FlowAnswer[], truth: StormTruth, host: HostMember): FlowVerdict {
  const members = membersOf(truth, host);
  const expected = countCalls(members, () => true);
  const observed = new Map<string, number>();
  const unknown: Record<string, number> = {};
  const wrong: string[] = [];
  let failed = 0;
  for (const row of rows) {
    if (row.verdict !== 'established') {
      failed += row.connections;
      wrong.push(...judgeFailure(row, members));
    } else if (row.from.instance === null || row.to.instance === null) {
      const reason = reasonOf(row);
      unknown[reason] = (unknown[reason] ?? 0) + row.connections;
    } else {
      const pair = pairOf(row.from.instance, row.to.instance);
      observed.set(pair, (observed.get(pair) ?? 0) + row.connections);
      if (row.port !== STORM_PORT) wrong.push(`${pair} on port ${row.port}`);
    }
  }
  wrong.push(...surplus(observed, expected, members));
  return {
    connections: sum(expected.values()),
    lasting: sum(countCalls(members, isLasting).values()),
    named: sum([...expected].map(([pair, count]) => Math.min(count, observed.get(pair) ?? 0))),
    unknown,
    wrong,
    failed,
  };
}

/**
 * The same rows, added up by service, must be what `calls` says; differences, a sentence each.
 *
 * The law is that nothing is lost or added, and that every name is the same. Of ends without a name
 * only the sum is compared: they are looked up over the time in which they were seen, which is a
 * minute at most in a row and the whole storm in a call. An address that nobody held in its minute
 * (unknown) has changed hands within the storm (ambiguous), and both are true.
 */
export function judgeCalls(
  calls: readonly CallAnswer[],
  rows: readonly FlowAnswer[],
  services: ReadonlyMap<string, string>,
): readonly string[] {
  const expected = new Map<string, number>();
  for (const { from, to, port, connections } of rows) {
    const [caller, called] = [from, to].map((end) => services.get(end.instance ?? '') ?? end.name);
    addTo(expected, betweenOf(caller, called, port), connections);
  }
  const observed = new Map<string, number>();
  for (const { from, to, port, connections } of calls)
    addTo(observed, betweenOf(from, to, port), connections ?? 0);
  return [...expected]
    .filter(([pair, count]) => observed.get(pair) !== count)
    .map(([pair, count]) => `${pair}: ${count} in flows, ${observed.get(pair) ?? 'none'} in calls`);
}

/** What ends without a name are called. */
const NAMELESS: readonly string[] = ['unknown', 'ambiguous'];

function betweenOf(from: string | undefined, to: string | undefined, port: number | null): string {
  const [caller, called] = [from, to].map((name = '') => (NAMELESS.includes(name) ? 'no name' : name));
  return `${caller} → ${called}:${port}`;
}

function addTo(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** Whom each instance is of: the service's name by instance id. */
export function servicesOf(truth: StormTruth, host: HostMember): ReadonlyMap<string, string> {
  return new Map(membersOf(truth, host).map(({ instance, service }) => [instance, service]));
}

function membersOf(truth: StormTruth, host: HostMember): readonly Member[] {
  const containers = [...truth.containers, truth.anchor].map((container) => ({
    name: container.name,
    instance: containerInstanceId(container.id),
    service: serviceOf(container.name),
    log: container.log,
    container,
  }));
  return [...containers, { name: HOST_MEMBER, ...host, log: truth.host, container: null }];
}

function countCalls(
  members: readonly Member[],
  counts: (call: TrueCall) => boolean,
): ReadonlyMap<string, number> {
  const instances = new Map(members.map(({ name, instance }) => [name, instance]));
  const pairs = new Map<string, number>();
  for (const { instance, log } of members) {
    for (const call of log.calls) {
      const peer = call.peer === null ? undefined : instances.get(call.peer);
      if (peer === undefined || !counts(call)) continue;
      const pair = pairOf(instance, peer);
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
  }
  return pairs;
}

const isLasting = ({ openedAt, shutAt }: TrueCall): boolean =>
  shutAt !== null && shutAt - openedAt >= HELD_MS_MIN;

/**
 * More than was written down is right only for connections whose end nobody could write down: the
 * peer ended before it said its name, or the caller was killed between making and writing it.
 */
function* surplus(
  observed: ReadonlyMap<string, number>,
  expected: ReadonlyMap<string, number>,
  members: readonly Member[],
): Generator<string> {
  const byInstance = new Map(members.map((member) => [member.instance, member]));
  for (const [pair, count] of observed) {
    const more = count - (expected.get(pair) ?? 0);
    if (more <= 0) continue;
    const [from, to] = pair.split(' ').map((instance) => byInstance.get(instance));
    const unwritten = from === undefined || to === undefined ? 0 : unwrittenCalls(from, to);
    if (more > unwritten)
      yield `${from?.name ?? pair} → ${to?.name ?? pair}: ${count} observed, ${count - more} made`;
  }
}

function unwrittenCalls(from: Member, to: Member): number {
  if (!overlap(from, to)) return 0;
  const unnamed = from.log.calls.filter(({ peer, peerIp }) => peer === null && peerIp === to.log.ip);
  const givenUp = from.log.failures.filter(
    ({ peerIp, error }) => peerIp === to.log.ip && MADE_AND_LOST.includes(error),
  );
  return unnamed.length + givenUp.length + (from.log.diedAt === null ? 1 : 0);
}

/** ECONNRESET: the peer was killed before the caller looked. ETIMEDOUT: the caller gave it up, maybe just then. */
const MADE_AND_LOST: readonly number[] = [104, 110];

/** Who tried must be right; whom it tried may be nobody, but never one that was not there. */
function* judgeFailure(row: FlowAnswer, members: readonly Member[]): Generator<string> {
  const from = members.find(({ instance }) => instance === row.from.instance);
  const to = members.find(({ instance }) => instance === row.to.instance);
  if (from === undefined) yield `a failed connection was opened by ${row.from.name} (${row.from.ip})`;
  if (to === undefined && row.to.instance !== null) yield `a failed connection went to ${row.to.name}`;
  if (from === undefined || to === undefined) return;
  const was = to.container;
  const isThere =
    to.log.ip === row.to.ip &&
    (was === null ||
      (was.askedAt <= Date.parse(row.lastSeen) && Date.parse(row.firstSeen) <= was.removedAt + 1));
  if (!isThere) yield `${from.name} → ${to.name} failed, and ${to.name} was not at ${row.to.ip} then`;
}

function overlap({ container: left }: Member, { container: right }: Member): boolean {
  if (left === null || right === null) return true;
  return left.askedAt < right.removedAt && right.askedAt < left.removedAt;
}

function reasonOf({ from, to }: FlowAnswer): string {
  const ends = [from, to].filter(({ instance }) => instance === null);
  return ends.map(({ kind, reason, name }) => `${kind}: ${reason ?? name}`).join(' and ');
}

const pairOf = (from: string, to: string): string => `${from} ${to}`;

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
