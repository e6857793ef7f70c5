import { containerInstanceId, type FlowAnswer } from '#model';
import type { StormTruth, TrueContainer } from './generator.ts';

/** A failure was written down when it was given up, so much after it was tried. */
const GIVEN_UP_MS_MAX = 400;

/** What was named from addresses alone, without the kernel's word for who owns a socket. */
export interface AddressVerdict {
  /** Connections and tries that were counted; of them, those with two names. */
  readonly counted: number;
  readonly named: number;
  /** Ends without a name, by reason. */
  readonly unknown: Readonly<Record<string, number>>;
  /** A sentence each. */
  readonly wrong: readonly string[];
}

/**
 * Judges flows that were seen passing by: each end must be the container that held the address, and
 * no two may have more between them than was tried while both lived.
 */
export function judgeAddresses(rows: readonly FlowAnswer[], truth: StormTruth): AddressVerdict {
  const members: Members = new Map(
    [...truth.containers, truth.anchor].map((container) => [containerInstanceId(container.id), container]),
  );
  const unknown: Record<string, number> = {};
  const wrong: string[] = [];
  for (const { from, to, connections } of rows) {
    for (const end of [from, to]) {
      const member = members.get(end.instance ?? '');
      if (member !== undefined && member.log.ip !== end.ip)
        wrong.push(`${member.name} never was at ${end.ip}`);
      const reason = reasonOf(end);
      if (reason !== null) unknown[reason] = (unknown[reason] ?? 0) + connections;
    }
  }
  const pairs = pairsIn(rows);
  return {
    counted: sum(rows.map(({ connections }) => connections)),
    named: sum([...pairs.values()]),
    unknown,
    wrong: [...wrong, ...surplus(pairs, members)],
  };
}

type Members = ReadonlyMap<string, TrueContainer>;

function reasonOf({ kind, reason }: FlowAnswer['from']): string | null {
  if (kind === 'ambiguous') return kind;
  return kind === 'unknown' ? (reason ?? kind) : null;
}

function pairsIn(rows: readonly FlowAnswer[]): ReadonlyMap<string, number> {
  const pairs = new Map<string, number>();
  for (const { from, to, connections } of rows) {
    if (from.instance === null || to.instance === null) continue;
    const pair = `${from.instance} ${to.instance}`;
    pairs.set(pair, (pairs.get(pair) ?? 0) + connections);
  }
  return pairs;
}

function* surplus(pairs: ReadonlyMap<string, number>, members: Members): Generator<string> {
  for (const [pair, count] of pairs) {
    const [from, to] = pair.split(' ').map((instance) => members.get(instance));
    if (from === undefined || to === undefined) continue;
    const tried = triesBetween(from, to);
    if (count > tried) yield `${from.name} → ${to.name}: ${count} counted, ${tried} tried`;
  }
}

/** What one tried at the other's address while that lived; a kill may have kept one from being written. */
function triesBetween(from: TrueContainer, to: TrueContainer): number {
  const [earliest, latest] = [to.askedAt, to.removedAt];
  const calls = from.log.calls.filter(
    ({ peerIp, openedAt }) => peerIp === to.log.ip && earliest <= openedAt && openedAt <= latest,
  );
  const failures = from.log.failures.filter(
    ({ peerIp, at }) => peerIp === to.log.ip && earliest <= at && at <= latest + GIVEN_UP_MS_MAX,
  );
  return calls.length + failures.length + (from.log.diedAt === null ? 1 : 0);
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
