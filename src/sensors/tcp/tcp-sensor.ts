import type { Clock, FlowEvent } from '#model';
import { keepRunning, type HelperPlan } from '../helper/keep-running.ts';
import type { HelperCommand, HelperEnd, HelperReader } from '../helper/helper-process.ts';
import type { FlowSensor, SensorCapabilities } from '../sensor.ts';
import { bpftraceCommand } from './bpftrace-command.ts';
import { KernelClock } from './kernel-clock.ts';
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
  const plan: HelperPlan = {
    description: probe.usable ? probe.description : 'kernel events',
    refusal: async () => tcpRefusal(await readTcpGround(options.bpftrace)),
    start: () => startTcp(options),
    explain: explainEnd,
    silentTicksMax: SILENT_TICKS_MAX,
    onPid,
  };
  yield* keepRunning(plan, signal);
}

async function startTcp(
  options: Required<TcpSensorOptions>,
): Promise<{ command: HelperCommand; reader: HelperReader }> {
  const { node, clock } = options;
  const [ground, hostNamespace, cpus] = await Promise.all([
    readTcpGround(options.bpftrace),
    hostNetworkNamespace(),
    possibleCpus(),
  ]);
  const bpftrace = ground.bpftrace ?? options.bpftrace;
  const lines = new TcpLineReader({ node, hostNamespace, clock: new KernelClock(clock) });
  return {
    command: bpftraceCommand({ bpftrace, cpus, tracefs: ground.tracefsMounted }),
    reader: { readOutput: (chunk) => lines.read(chunk), readErrors: () => [] },
  };
}

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
