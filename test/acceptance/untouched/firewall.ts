import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Every chain and rule of the machine's firewall, without its counters. Rules that name another
 * container network come and go with that network's containers, and are left out.
 *
 * @param prefix of the test's own subnet: `10.200.7.`
 */
export async function firewallRules(prefix: string): Promise<readonly string[]> {
  const [nft, saved, saved6] = await Promise.all([
    execute('nft', ['-j', 'list', 'ruleset'], { maxBuffer: 64 * 1024 * 1024 }),
    execute('iptables-save', ['-t', 'nat']),
    execute('ip6tables-save', []),
  ]);
  // What nft prints: { nftables: [{ table: {…} }, { chain: {…} }, { rule: {…} }, …] }.
  const { nftables } = JSON.parse(nft.stdout) as { readonly nftables: readonly unknown[] };
  const rules = nftables.map((rule) => JSON.stringify(rule, withoutCounters));
  const lines = `${saved.stdout}\n${saved6.stdout}`
    .split('\n')
    .map((line) => line.replace(/\[\d+:\d+\]/, ''));
  const all = [...rules, ...lines.filter((line) => !line.startsWith('#'))];
  const own = new Set(all.filter((line) => line.includes(prefix)).flatMap(chainsIn));
  return all.filter((line) => !isAnothers(line, own, prefix));
}

function withoutCounters(key: string, value: unknown): unknown {
  return key === 'packets' || key === 'bytes' || key === 'metainfo' ? null : value;
}

/** Netavark names a network's chains after a hash of its name. */
const chainsIn = (line: string): readonly string[] => line.match(/NETAVARK-(?:DN-)?[0-9A-F]{13}/g) ?? [];

function isAnothers(line: string, own: ReadonlySet<string>, prefix: string): boolean {
  if (chainsIn(line).some((chain) => !own.has(chain))) return true;
  const addresses = line.match(/\b10\.\d+\.\d+\./g) ?? [];
  return addresses.some((address) => address !== prefix);
}
