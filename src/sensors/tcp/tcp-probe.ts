import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { SensorProbe } from '../sensor.ts';
import { findProgram } from '../helper/find-program.ts';

/** What the kernel and the machine offer, as the probe read it. */
export interface TcpGround {
  readonly root: boolean;
  /** Whether root is root of the machine, not of a user namespace. */
  readonly initialUserNamespace: boolean;
  readonly bpftrace: string | null;
  readonly unshare: boolean;
  readonly typeInformation: boolean;
  readonly tracefsMounted: boolean;
  /** Whether there is a place to mount it: the kernel has tracing. */
  readonly tracefsDirectory: boolean;
  readonly lockdown: string;
}

const TRACEPOINT = '/sys/kernel/tracing/events/sock/inet_sock_set_state';
const TRACEPOINT_DEBUG = '/sys/kernel/debug/tracing/events/sock/inet_sock_set_state';

export async function readTcpGround(bpftrace: string): Promise<TcpGround> {
  const [path, unshare, map, lockdown] = await Promise.all([
    findProgram(bpftrace),
    findProgram('unshare'),
    readFile('/proc/self/uid_map', 'utf8').catch(() => ''),
    readFile('/sys/kernel/security/lockdown', 'utf8').catch(() => ''),
  ]);
  return {
    root: process.geteuid?.() === 0,
    initialUserNamespace: /^\s*0\s+0\s+4294967295\s*$/.test(map),
    bpftrace: path,
    unshare: unshare !== null,
    typeInformation: existsSync('/sys/kernel/btf/vmlinux'),
    tracefsMounted: existsSync(TRACEPOINT) || existsSync(TRACEPOINT_DEBUG),
    tracefsDirectory: existsSync('/sys/kernel/tracing'),
    lockdown: /\[(\w+)\]/.exec(lockdown)?.[1] ?? 'none',
  };
}

/** Why the sensor can't work on this ground, with what would change it; null when it can. */
export function tcpRefusal(ground: TcpGround): string | null {
  if (ground.bpftrace === null) return 'bpftrace is not installed; install it with: apt-get install bpftrace';
  if (!ground.root) return 'reading kernel events needs root; start Sheerline with: sudo sheer up';
  if (!ground.initialUserNamespace)
    return 'root inside a user namespace may not read kernel events; start Sheerline outside of it, as root of the machine';
  if (ground.lockdown === 'confidentiality')
    return 'the kernel is locked down (confidentiality), which forbids reading its events; boot with lockdown=integrity or none';
  if (!ground.typeInformation)
    return 'the kernel has no type information (/sys/kernel/btf/vmlinux); boot a kernel built with CONFIG_DEBUG_INFO_BTF=y, as those of Debian 11 and newer';
  if (ground.tracefsMounted) return null;
  if (!ground.tracefsDirectory)
    return 'the kernel has no tracepoints (/sys/kernel/tracing); boot a kernel built with CONFIG_FTRACE=y';
  if (!ground.unshare) return 'unshare is not installed; install it with: apt-get install util-linux';
  return null;
}

/** Looks without starting anything in the kernel. */
export async function probeTcp(bpftrace: string): Promise<SensorProbe> {
  const ground = await readTcpGround(bpftrace);
  const reason = tcpRefusal(ground);
  if (reason !== null || ground.bpftrace === null) return { usable: false, reason: reason ?? '' };
  return { usable: true, description: `kernel events (${await versionOf(ground.bpftrace)})` };
}

/** `bpftrace v0.17.0` → `bpftrace 0.17.0` */
async function versionOf(bpftrace: string): Promise<string> {
  const { stdout } = await promisify(execFile)(bpftrace, ['--version'], { timeout: 2_000 }).catch(() => ({
    stdout: '',
  }));
  const version = /v(\d+(?:\.\d+)*)/.exec(stdout)?.[1];
  return version === undefined ? 'bpftrace' : `bpftrace ${version}`;
}

/** Inode number of the network namespace of the machine's first process; of our own where that is hidden. */
export async function hostNetworkNamespace(): Promise<number> {
  const first = await stat('/proc/1/ns/net').catch(() => null);
  return (first ?? (await stat('/proc/self/ns/net'))).ino;
}

/** How many CPUs may ever be there: the kernel numbers them from 0. */
export async function possibleCpus(): Promise<number> {
  const ranges = await readFile('/sys/devices/system/cpu/possible', 'utf8').catch(() => '0');
  const last = Number(/(\d+)\s*$/.exec(ranges)?.[1] ?? 0);
  return last + 1;
}
