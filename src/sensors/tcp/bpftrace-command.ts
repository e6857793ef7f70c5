import type { HelperCommand } from '../helper/helper-process.ts';
import { tcpProgram } from './program.ts';

/** Container names are 64 hexadecimal digits and a prefix; the default of 64 bytes would cut them. */
const STRING_BYTES = 128;

/**
 * Sockets that are open at once and whose client is known, about 20 MB of kernel memory; bpftrace's
 * own limit of 4,096 drops further keys silently. A client beyond it is reported without its process.
 */
const SOCKETS_MAX = 65_536;

/**
 * Pages of the kernel's buffer per CPU: 16 MB, about 150,000 lines, ride out 2 s of a reader that is
 * busy. All CPUs together take at most 64 MB.
 */
const BUFFER_PAGES_MAX = 4_096;
const BUFFER_PAGES_TOTAL = 16_384;
const BUFFER_PAGES_MIN = 64;

export interface BpftraceOptions {
  /** The program's path or name. */
  readonly bpftrace: string;
  /** CPUs that may ever be there. */
  readonly cpus: number;
  /** Whether tracefs is mounted where bpftrace looks for it. */
  readonly tracefs: boolean;
}

/**
 * How bpftrace is started. Without tracefs it can't name tracepoints, so it then gets a mount
 * namespace of its own with tracefs in it: nothing on the host changes. Every step replaces the one
 * before (`exec`), so the child's pid is bpftrace's.
 */
export function bpftraceCommand(options: BpftraceOptions): HelperCommand {
  const args = ['-B', 'line', '-e', tcpProgram(options.cpus)];
  const environment = {
    BPFTRACE_STRLEN: String(STRING_BYTES),
    BPFTRACE_MAX_STRLEN: String(STRING_BYTES),
    BPFTRACE_MAP_KEYS_MAX: String(SOCKETS_MAX),
    BPFTRACE_MAX_MAP_KEYS: String(SOCKETS_MAX),
    BPFTRACE_PERF_RB_PAGES: String(bufferPages(options.cpus)),
  };
  if (options.tracefs) return { command: options.bpftrace, args, environment };
  const script = 'mount -t tracefs nodev /sys/kernel/tracing && exec "$@"';
  const unshare = ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh', options.bpftrace];
  return { command: 'unshare', args: [...unshare, ...args], environment };
}

/** A power of two, as the kernel demands. */
function bufferPages(cpus: number): number {
  const fair = 2 ** Math.floor(Math.log2(BUFFER_PAGES_TOTAL / cpus));
  return Math.max(BUFFER_PAGES_MIN, Math.min(BUFFER_PAGES_MAX, fair));
}
