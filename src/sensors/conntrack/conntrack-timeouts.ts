import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '#model';
import type { ConntrackLine } from './conntrack-line.ts';

/** Seconds that an entry lives after a packet: `udp`, `udp_stream`, `tcp_established`, … */
export type ConntrackTimeouts = ReadonlyMap<string, number>;

const DIRECTORY = '/proc/sys/net/netfilter';
const NAME = /^nf_conntrack_(udp|tcp)_timeout(?:_(\w+))?$/;

/** As they are set in this network namespace; empty where nothing is tracked. */
export async function readConntrackTimeouts(): Promise<ConntrackTimeouts> {
  const timeouts = new Map<string, number>();
  for (const file of await readdir(DIRECTORY).catch(() => [])) {
    const [, protocol, name] = NAME.exec(file) ?? [];
    if (protocol === undefined) continue;
    const seconds = Number(await readFile(join(DIRECTORY, file), 'utf8').catch(() => ''));
    timeouts.set(name === undefined ? protocol : `${protocol}_${name}`, seconds);
  }
  return timeouts;
}

/**
 * When the last packet of a listed entry passed: its timeout began anew then. That is when its
 * addresses were certainly in use; when it began, a list does not tell.
 */
export function lastPacketAt(line: ConntrackLine, timeouts: ConntrackTimeouts, now: Instant): Instant {
  const name =
    line.protocol === 'tcp' ? `tcp_${(line.state ?? '').toLowerCase()}` : line.assured ? 'udp_stream' : 'udp';
  const whole = timeouts.get(name);
  if (whole === undefined || line.timeout === null) return now;
  return now - Math.max(0, whole - line.timeout) * 1_000;
}
