import { containerInstanceId, type FlowAnswer, type Instant } from '#model';
import type { StormTruth, TrueContainer } from './generator.ts';
import type { MemberLog } from './truth.ts';

/** conntrack stamps an event when it receives it, which on a busy machine is so much later. */
const STAMP_MS_MAX = 250;

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
    wrong: [...wrong, ...surplus(pairs, members), ...untrue(rows, members)],
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

/** "Nobody held it" is said of no more tries than were made while nobody certainly lived there. */
function* untrue(rows: readonly FlowAnswer[], members: Members): Generator<string> {
  const counts = new Map<string, number>();
  for (const { from, to, connections } of rows) {
    if (from.instance === null || to.reason !== 'nobody-held-it') continue;
    const pair = `${from.instance} ${to.ip}`;
    counts.set(pair, (counts.get(pair) ?? 0) + connections);
  }
  for (const [pair, count] of counts) {
    const [instance = '', ip = ''] = pair.split(' ');
    const from = members.get(instance);
    if (from === undefined) continue;
    const holders = [...members.values()].filter(({ log }) => log.ip === ip);
    const tried = triesOf(from.log).filter(
      ({ peerIp, from: at, until }) => peerIp === ip && !holders.some(({ log }) => isAlive(log, at, until)),
    );
    const unwritten = from.log.diedAt === null ? 1 : 0;
    if (count > tried.length + unwritten)
      yield `${from.name} → ${ip}: ${count} had no name, ${tried.length} were tried while nobody was there`;
  }
}

const isAlive = ({ bornAt, diedAt }: MemberLog, from: Instant, until: Instant): boolean =>
  diedAt !== null && bornAt <= from && until + STAMP_MS_MAX <= diedAt;

interface Try {
  readonly peerIp: string;
  /** It waits for an answer in between, and for somebody who has the address at all. */
  readonly from: Instant;
  readonly until: Instant;
}

/** Everything that one tried, made or not. */
function triesOf({ calls, failures }: MemberLog): readonly Try[] {
  return [
    ...calls.map(({ openedAt, peerIp }) => ({ peerIp, from: openedAt, until: openedAt })),
    ...failures.map(({ triedAt, failedAt, peerIp }) => ({ peerIp, from: triedAt, until: failedAt })),
  ];
}

/** What one tried at the other's address while that lived; a kill may have kept one from being written. */
function triesBetween(from: TrueContainer, to: TrueContainer): number {
  const tries = triesOf(from.log).filter(
    ({ peerIp, from: at, until }) => peerIp === to.log.ip && to.askedAt <= until && at <= to.removedAt,
  );
  return tries.length + (from.log.diedAt === null ? 1 : 0);
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
