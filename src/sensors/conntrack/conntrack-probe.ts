import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findProgram } from '../helper/find-program.ts';

/** What there is to see, as it was read without changing anything. */
export interface ConntrackGround {
  readonly root: boolean;
  readonly conntrack: string | null;
  /** Entries in this network namespace; null when the kernel part is not there. */
  readonly entries: number | null;
  /** Whether a rule here needs tracking; null when the rules can't be read. */
  readonly rules: boolean | null;
}

/**
 * What makes the kernel track in a network namespace: a rule that translates or asks for a connection's
 * state (a chain of type nat without one does not, measured). Rules of iptables show here too, as nft
 * prints them, except those of its legacy variant, of which only the tables are known.
 */
const TRACKING_RULE =
  /\bct\b|\bmasquerade\b|\bdnat\b|\bsnat\b|\bredirect\b|xt (?:match|target) "?(?:conntrack|state|connmark|MASQUERADE|CT)\b/;

export async function readConntrackGround(conntrack: string): Promise<ConntrackGround> {
  const path = await findProgram(conntrack);
  const root = process.geteuid?.() === 0;
  const count = await readFile('/proc/sys/net/netfilter/nf_conntrack_count', 'utf8').catch(() => null);
  const entries = count === null ? null : Number(count);
  return { root, conntrack: path, entries, rules: entries === 0 && root ? await readRules() : null };
}

/** Why the sensor can't work on this ground, with what would change it; null when it can. */
export function conntrackRefusal(ground: ConntrackGround): string | null {
  if (ground.conntrack === null)
    return 'conntrack is not installed; install it with: apt-get install conntrack';
  if (!ground.root) return 'following connection tracking needs root; start Sheerline with: sudo sheer up';
  if (ground.entries === null)
    return 'the kernel tracks no connections here (nf_conntrack is not loaded): no firewall rule needs it, and Sheerline adds none';
  if (ground.entries === 0 && ground.rules !== true)
    return ground.rules === null
      ? 'no connection is tracked here, and the firewall rules could not be read to see whether one will be; install nft with: apt-get install nftables'
      : 'the kernel tracks no connections here: no firewall rule needs it (translation, or a connection state), and Sheerline adds none';
  return null;
}

/** Whether rules, as `nft list ruleset` prints them, make the kernel track. */
export function needsTracking(rules: string): boolean {
  return TRACKING_RULE.test(rules);
}

/** Terse, without the elements of sets: some have 100,000. */
async function readRules(): Promise<boolean | null> {
  const legacy = await Promise.all(
    ['/proc/net/ip_tables_names', '/proc/net/ip6_tables_names'].map((path) =>
      readFile(path, 'utf8').catch(() => ''),
    ),
  );
  if (legacy.some((names) => /^nat$/m.test(names))) return true;
  const nft = await findProgram('nft');
  if (nft === null) return null;
  const options = { timeout: 5_000, maxBuffer: 64 * 1_024 * 1_024 };
  const listed = await promisify(execFile)(nft, ['-t', 'list', 'ruleset'], options).catch(() => null);
  return listed === null ? null : needsTracking(listed.stdout);
}

/** `conntrack v1.4.7 (conntrack-tools)` → `connection tracking (conntrack 1.4.7)` */
export async function describeConntrack(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 2_000 }).catch(() => ({
    stdout: '',
  }));
  const version = /v(\d+(?:\.\d+)*)/.exec(stdout)?.[1];
  return `connection tracking (conntrack${version === undefined ? '' : ` ${version}`})`;
}
