import type { Instant } from '#model';

/** A connection, as the one who opened it logged it; whom it reached is what the peer said of itself. */
export interface TrueCall {
  readonly openedAt: Instant;
  readonly port: number;
  readonly peerIp: string;
  /** Null: closed before the peer said who it is. */
  readonly peer: string | null;
  /** Null: whoever opened it was killed before it could close it. */
  readonly shutAt: Instant | null;
}

/** A connection that was tried and not made. */
export interface TrueFailure {
  readonly triedAt: Instant;
  /** Refused or given up. */
  readonly failedAt: Instant;
  readonly peerIp: string;
  /** Error number: 111 refused, 113 no route, 110 no answer. */
  readonly error: number;
}

/** What a member of the storm wrote of itself. */
export interface MemberLog {
  readonly bornAt: Instant;
  readonly ip: string;
  readonly pid: number;
  readonly calls: readonly TrueCall[];
  readonly failures: readonly TrueFailure[];
  /** Null: it was killed. */
  readonly diedAt: Instant | null;
}

/** Reads what `peer.c` writes; a line that a kill cut off is left out. */
export function readMemberLog(text: string): MemberLog {
  const calls = new Map<string, Writable<TrueCall>>();
  const failures: TrueFailure[] = [];
  const life = { bornAt: 0, ip: '', pid: 0, diedAt: null as Instant | null };
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    const [word, first = '', second = '', third = '', fourth = ''] = line.split(' ');
    if (word === 'born') Object.assign(life, { bornAt: instant(first), ip: second, pid: Number(third) });
    else if (word === 'dead') life.diedAt = instant(first);
    else if (word === 'fail')
      failures.push({
        triedAt: instant(first),
        failedAt: instant(second),
        peerIp: third,
        error: Number(fourth),
      });
    else if (word === 'open') {
      const call = {
        openedAt: instant(second),
        port: Number(third),
        peerIp: fourth,
        peer: null,
        shutAt: null,
      };
      calls.set(first, call);
    } else change(calls.get(first), word, second);
  }
  return { ...life, calls: [...calls.values()], failures };
}

function change(call: Writable<TrueCall> | undefined, word: string | undefined, value: string): void {
  if (call === undefined) return;
  if (word === 'name') call.peer = value;
  if (word === 'shut') call.shutAt = instant(value);
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** From nanoseconds. */
const instant = (text: string): Instant => Number(text) / 1e6;
