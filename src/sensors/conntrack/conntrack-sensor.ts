import type { Clock, FlowEvent } from '#model';
import { findProgram } from '../helper/find-program.ts';
import type { HelperEnd } from '../helper/helper-process.ts';
import { keepRunning, type HelperPlan } from '../helper/keep-running.ts';
import type { FlowSensor, SensorCapabilities, SensorProbe } from '../sensor.ts';
import { conntrackRefusal, describeConntrack, readConntrackGround } from './conntrack-probe.ts';
import { ConntrackReader } from './conntrack-reader.ts';
import { readConntrackTimeouts } from './conntrack-timeouts.ts';

export interface ConntrackSensorOptions {
  readonly clock: Clock;
  /** Name or path of conntrack. */
  readonly conntrack?: string;
}

const CAPABILITIES: SensorCapabilities = {
  protocols: ['tcp', 'udp'],
  connections: 'every',
  bytes: true,
  holders: 'none',
  translation: true,
  needsRoot: true,
  helper: 'conntrack',
};

/** The kernel's queue to conntrack: rides out about a second at 20,000 new flows a second. */
const BUFFER_BYTES = 16 * 1_024 * 1_024;

/**
 * What the kernel's connection tracking sees pass in this network namespace: UDP, and to where
 * addresses are translated. It tracks only where some rule needs it; Sheerline adds no rule, so
 * elsewhere the sensor is inactive and says so, and looks again every 10 s.
 *
 * A new entry is a flow of unknown verdict; its end adds bytes (UDP, where accounting is on) and
 * whether it was never answered, with `connections` 0. All are seen from the path, without holders.
 */
export function createConntrackSensor(options: ConntrackSensorOptions): FlowSensor {
  const conntrack = options.conntrack ?? 'conntrack';
  let helperPid: number | null = null;
  return {
    id: 'conntrack',
    capabilities: CAPABILITIES,
    probe: () => probeConntrack(conntrack),
    helperPid: () => helperPid,
    observe: (signal) => observeConntrack({ ...options, conntrack }, signal, (pid) => (helperPid = pid)),
  };
}

async function probeConntrack(conntrack: string): Promise<SensorProbe> {
  const ground = await readConntrackGround(conntrack);
  const reason = conntrackRefusal(ground);
  if (reason !== null) return { usable: false, reason };
  return { usable: true, description: await describeConntrack(ground.conntrack ?? conntrack) };
}

async function* observeConntrack(
  options: Required<ConntrackSensorOptions>,
  signal: AbortSignal,
  onPid: (pid: number | null) => void,
): AsyncIterable<readonly FlowEvent[]> {
  const path = (await findProgram(options.conntrack)) ?? options.conntrack;
  let reader: ConntrackReader | null = null;
  const plan: HelperPlan = {
    description: await describeConntrack(path),
    refusal: async () => conntrackRefusal(await readConntrackGround(options.conntrack)),
    start: async () => {
      const command = (await findProgram(options.conntrack)) ?? options.conntrack;
      reader = new ConntrackReader({
        clock: options.clock,
        timeouts: await readConntrackTimeouts(),
        conntrack: command,
      });
      const args = ['-E', '-e', 'NEW,DESTROY', '-o', 'timestamp,id', '-b', String(BUFFER_BYTES)];
      return { command: { command, args, environment: {} }, reader };
    },
    explain: explainEnd,
    silentTicksMax: Number.POSITIVE_INFINITY,
    onPid: (pid) => {
      if (pid === null) reader?.stop();
      onPid(pid);
    },
  };
  yield* keepRunning(plan, signal);
}

function explainEnd(end: HelperEnd): string {
  if (end.signal !== null) return `conntrack was ended by ${end.signal}; it is started again`;
  const complaint = end.complaint.trim().split('\n').at(-1) ?? '';
  return `conntrack ended with status ${end.code ?? '?'}: ${complaint || 'no reason given'}; it is started again`;
}
