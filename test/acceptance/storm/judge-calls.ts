import type { CallAnswer, FlowAnswer } from '#model';

/** What `calls` must name of what `flows` names; the product promises as much of connections. */
const NAMED_SHARE_MIN = 0.999;

/**
 * Minute rows, added up by service, must be what `calls` says; differences, a sentence each.
 *
 * The law: nothing is lost or added, and `calls` names nobody whom `flows` doesn't. The other way
 * round there is a difference that is no error. An end of which the kernel said nothing is looked up
 * when somebody asks, over the time in which it was seen: a minute at most in a row, the whole storm
 * in a call. Who had the address in that minute, or that nobody had it, is known of the row; within
 * the storm it changed hands, so of the call it is ambiguous. Both are true.
 *
 * @param services names of the storm's, by instance id
 */
export function judgeCalls(
  calls: readonly CallAnswer[],
  rows: readonly FlowAnswer[],
  services: ReadonlyMap<string, string>,
): readonly string[] {
  const members = new Set(services.values());
  const [inFlows, inCalls] = [new Counts(members), new Counts(members)];
  for (const { from, to, port, connections } of rows) {
    const [caller = '', called = ''] = [from, to].map((end) => services.get(end.instance ?? '') ?? end.name);
    inFlows.add(caller, called, port, connections);
  }
  for (const { from, to, port, connections } of calls) inCalls.add(from, to, port, connections ?? 0);
  return [...lostOrAdded(inFlows, inCalls), ...otherNames(inFlows, inCalls)];
}

/** Connections of the storm's members, in names. */
class Counts {
  /** All of one caller on one port, whomever it called. */
  readonly byCaller = new Map<string, number>();
  /** Those from one member to another. */
  readonly named = new Map<string, number>();
  readonly #members: ReadonlySet<string>;

  constructor(members: ReadonlySet<string>) {
    this.#members = members;
  }

  add(from: string, to: string, port: number | null, count: number): void {
    const key = `${NAMELESS.includes(from) ? 'no name' : from} on port ${port}`;
    this.byCaller.set(key, (this.byCaller.get(key) ?? 0) + count);
    if (!this.#members.has(from) || !this.#members.has(to)) return;
    const pair = `${from} → ${to} on port ${port}`;
    this.named.set(pair, (this.named.get(pair) ?? 0) + count);
  }
}

/** What ends without a name are called. */
const NAMELESS: readonly string[] = ['unknown', 'ambiguous'];

function* lostOrAdded(inFlows: Counts, inCalls: Counts): Generator<string> {
  for (const [caller, count] of inFlows.byCaller) {
    const other = inCalls.byCaller.get(caller) ?? 0;
    if (other !== count) yield `${caller} made ${count} in flows, ${other} in calls`;
  }
}

function* otherNames(inFlows: Counts, inCalls: Counts): Generator<string> {
  for (const [pair, count] of inCalls.named) {
    const other = inFlows.named.get(pair) ?? 0;
    if (count > other) yield `${pair}: ${other} in flows, ${count} in calls`;
  }
  const [all, named] = [sum(inFlows.named.values()), sum(inCalls.named.values())];
  if (named < all * NAMED_SHARE_MIN) yield `between names: ${all} in flows, ${named} in calls`;
}

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
