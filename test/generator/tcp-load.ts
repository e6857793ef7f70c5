import { readFile } from 'node:fs/promises';
import { cpuUsage } from 'node:process';
import type { FlowEvent } from '#model';
import type { FlowSensor } from '#sensors';
import { openConnections, serveConnections, type GeneratorProgram } from './generator.ts';
import { TestNetwork } from './network-namespaces.ts';

/** What a TCP sensor reported of connections that were really made. */
export interface TcpLoadResult {
  /** Really made, and how fast. */
  readonly made: number;
  readonly perSecond: number;
  /** Reported by the client's and by the server's side, and closed with bytes. */
  readonly client: number;
  readonly server: number;
  readonly closed: number;
  /** Reported as lost, of all three kinds. */
  readonly lost: number;
  /** Shares of one core while the connections were made and read. */
  readonly helperCpu: number;
  readonly readerCpu: number;
  readonly helperMemoryBytes: number;
}

/** Many ports, so that a client's 28,000 ports are enough. */
const PORTS = 16;
const LIFETIME_MS = 5;

/** In the kernel's clock ticks (USER_HZ). */
const TICK_MS = 10;

/**
 * Makes `count` connections of 5 ms, `perSecond` of them each second, in a network namespace of its own,
 * and waits until the sensor has accounted for all of them.
 */
export async function loadTcpSensor(
  sensor: FlowSensor,
  load: {
    readonly perSecond: number;
    readonly count: number;
    readonly program: GeneratorProgram;
    /** The helper is stopped for so long when the connections begin: its buffer overflows. */
    readonly stallMs?: number;
  },
): Promise<TcpLoadResult> {
  await using network = await TestNetwork.create();
  const place = { networkNamespace: network.ends[0].path };
  const address = '127.0.0.1';
  const { program } = load;
  await using account = new Account(sensor);
  await account.live();
  const server = await serveConnections({ address, ports: PORTS, place, program });
  account.ports = new Set(server.ports);
  const [helperBefore, readerBefore] = [await helperTicks(sensor), cpuUsage()];
  const stalled = stall(sensor, load.stallMs ?? 0);
  const truth = await openConnections({
    address,
    ...load,
    ports: server.ports,
    lifetimeMs: LIFETIME_MS,
    place,
  });
  await server.end();
  await stalled;
  await account.settled();
  const reader = cpuUsage(readerBefore);
  const times = truth.connections.map(({ at }) => at);
  const elapsedMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return {
    made: times.length,
    perSecond: ((times.length - 1) / elapsedMs) * 1_000,
    ...account.counts,
    lost: account.lost,
    helperCpu: (((await helperTicks(sensor)) - helperBefore) * TICK_MS) / elapsedMs,
    readerCpu: (reader.user + reader.system) / 1_000 / elapsedMs,
    helperMemoryBytes: await helperMemory(sensor),
  };
}

async function stall(sensor: FlowSensor, durationMs: number): Promise<void> {
  const pid = sensor.helperPid?.() ?? null;
  if (durationMs === 0 || pid === null) return;
  process.kill(pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  process.kill(pid, 'SIGCONT');
}

/** Counts what a sensor reports, without keeping it. */
class Account implements AsyncDisposable {
  ports: ReadonlySet<number> = new Set();
  readonly counts = { client: 0, server: 0, closed: 0 };
  lost = 0;
  #watermark = 0;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;

  constructor(sensor: FlowSensor) {
    this.#done = this.#collect(sensor);
  }

  async live(): Promise<void> {
    while (this.#watermark === 0) await pause();
  }

  /** Everything that has happened by now is accounted for, the last lost lines of a CPU too. */
  async settled(): Promise<void> {
    const now = Date.now();
    while (this.#watermark < now) await pause();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  async #collect(sensor: FlowSensor): Promise<void> {
    for await (const batch of sensor.observe(this.#abort.signal))
      for (const event of batch) this.#count(event);
  }

  #count(event: FlowEvent): void {
    if (event.kind === 'watermark') this.#watermark = event.at;
    else if (event.kind === 'lost') this.lost += event.count;
    else if (event.kind === 'flow' && this.ports.has(event.server.port))
      this.counts[event.connections === 0 ? 'closed' : event.seenFrom === 'server' ? 'server' : 'client'] +=
        1;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

async function helperTicks(sensor: FlowSensor): Promise<number> {
  const stat = await readFile(`/proc/${sensor.helperPid?.() ?? 0}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function helperMemory(sensor: FlowSensor): Promise<number> {
  const status = await readFile(`/proc/${sensor.helperPid?.() ?? 0}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
}
