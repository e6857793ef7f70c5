import type { Clock, FlowEvent } from '#model';
import { keepRunning, type HelperPlan } from '../helper/keep-running.ts';
import type { HelperCommand, HelperEnd, HelperReader } from '../helper/helper-process.ts';
import type { FlowSensor, SensorCapabilities } from '../sensor.ts';
import { bpftraceCommand } from './bpftrace-command.ts';
import { KernelClock } from './kernel-clock.ts';
import { SkippedRuns } from './skipped-runs.ts';
import { TcpLineReader } from './tcp-line-reader.ts';
import { hostNetworkNamespace, possibleCpus, probeTcp, readTcpGround, tcpRefusal } from './tcp-probe.ts';

export interface TcpSensorOptions {
  readonly node: string;
  readonly clock: Clock;
  /** Name or path of bpftrace. */
  readonly bpftrace?: string;
}

const CAPABILITIES: SensorCapabilities = {
  protocols: ['tcp'],
  connections: 'every',
  bytes: true,
  holders: 'both',
  translation: false,
  needsRoot: true,
  helper: 'bpftrace',
};

/** The kernel's program prints five times a second; so many silent ticks of 250 ms are 10 s. */
const SILENT_TICKS_MAX = 40;

/**
 * Every TCP connection of the machine, in every network namespace, told by the kernel itself.
 *
 * - An opened connection is a flow at the end of its handshake; a failed one when it is given up,
 *   which can be minutes after its `at`, the beginning. Failures are thus not covered by watermarks.
 * - A closed connection adds its payload bytes (`connections` 0), as of its opening. Only clients do,
 *   so that the two sockets of a local connection don't count twice; a connection from another
 *   machine therefore has no bytes.
 * - Local connections are seen from both sides. The client's holder is its container, or its
 *   process; the server's its container, or null for a process of the host: there the kernel runs
 *   whichever task, and the listening socket's address names it.
 * - What was lost is counted in events, not in connections: lines that the kernel's buffer had no room
 *   for, and changes of sockets that it skipped (most of which would have been no line).
 * - The peer's scope is null unless it is certainly in the same network namespace.
 */
export function createTcpSensor(options: TcpSensorOptions): FlowSensor {
  const bpftrace = options.bpftrace ?? 'bpftrace';
  let helperPid: number | null = null;
  return {
    id: 'tcp',
    capabilities: CAPABILITIES,
    probe: () => probeTcp(bpftrace),
    helperPid: () => helperPid,
    observe: (signal) => observeTcp({ ...options, bpftrace }, signal, (pid) => (helperPid = pid)),
  };
}

async function* observeTcp(
  options: Required<TcpSensorOptions>,
  signal: AbortSignal,
  onPid: (pid: number | null) => void,
): AsyncIterable<readonly FlowEvent[]> {
  const probe = await probeTcp(options.bpftrace);
  let helperPid: number | null = null;
  const plan: HelperPlan = {
    description: probe.usable ? probe.description : 'kernel events',
    refusal: async () => tcpRefusal(await readTcpGround(options.bpftrace)),
    start: () => startTcp(options, () => helperPid),
    explain: explainEnd,
    silentTicksMax: SILENT_TICKS_MAX,
    onPid: (pid) => {
      helperPid = pid;
      onPid(pid);
    },
  };
  yield* keepRunning(plan, signal);
}

async function startTcp(
  options: Required<TcpSensorOptions>,
  helperPid: () => number | null,
): Promise<{ command: HelperCommand; reader: HelperReader }> {
  const { node, clock } = options;
  const [ground, hostNamespace, cpus] = await Promise.all([
    readTcpGround(options.bpftrace),
    hostNetworkNamespace(),
    possibleCpus(),
  ]);
  const bpftrace = ground.bpftrace ?? options.bpftrace;
  const lines = new TcpLineReader({ node, hostNamespace, clock: new KernelClock(clock) });
  const skipped = new SkippedRuns();
  const lost = (count: number): readonly FlowEvent[] =>
    count === 0 ? [] : [{ kind: 'lost', at: clock(), count, reason: SKIPPED_REASON }];
  return {
    command: bpftraceCommand({ bpftrace, cpus, tracefs: ground.tracefsMounted }),
    reader: {
      readOutput: (chunk) => lines.read(chunk),
      readErrors: () => [],
      tick: () => lost(skipped.take(helperPid() ?? 0)),
    },
  };
}

const SKIPPED_REASON = 'the kernel was interrupted while it reported another one, and skipped it';

/** bpftrace complains of this on every start without CAP_SYS_RESOURCE; it is harmless. */
const HARMLESS = /RLIMIT_MEMLOCK/;

function explainEnd(end: HelperEnd): string {
  if (end.signal !== null) return `bpftrace was ended by ${end.signal}; it is started again`;
  const complaint = end.complaint
    .split('\n')
    .filter((line) => /error|denied|not permitted/i.test(line) && !HARMLESS.test(line))
    .at(-1);
  return `bpftrace ended with status ${end.code ?? '?'}${complaint === undefined ? '' : `: ${complaint.trim()}`}; it is started again`;
}
