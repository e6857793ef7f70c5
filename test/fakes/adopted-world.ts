import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mock } from 'node:test';
import { AdoptLoop } from '#loops/adopt';
import {
  addressId,
  containerInstanceId,
  SheerError,
  type AddressData,
  type Flow,
  type InstanceData,
  type Observation,
} from '#model';
import { FLOW_LOG_FORMATS, FlowLogReader, namedLine } from '#sensors';
import { openSqliteStore, type Store } from '#store';
import { containerData } from './container-data.ts';
import { FakeEngine, FakeSensor } from './engine.ts';
import { until } from './until.ts';

const NODE = 'n';

/** 2026-09-21 */
export const BEGINNING = 1_790_000_000_000;

/** For questions about now, without a filter. */
export const NOW = { at: null, team: null, environment: null } as const;

/** What a container of the world is, beside its name. */
export interface ContainerOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly ip?: string;
  readonly since?: number;
  readonly data?: Partial<InstanceData>;
}

/** The adopt loop on a real store, with an engine, a sensor and a clock that do as a test says. */
export class AdoptedWorld {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'sheerline-adopt-'));
  now = BEGINNING;
  /** What the loop complained of. */
  troubles: string[] = [];
  /** What else it logged. */
  readonly news: string[] = [];
  store!: Store;
  engine!: FakeEngine;
  sensor!: FakeSensor;
  loop!: AdoptLoop;

  async start(helpers: readonly FakeSensor[] = []): Promise<void> {
    const clock = (): number => this.now;
    this.store = openSqliteStore({ directory: this.directory, clock, node: NODE });
    this.engine = new FakeEngine();
    this.sensor = new FakeSensor();
    const self = {
      version: '0',
      state: this.directory,
      address: '',
      socket: '',
      pid: 1,
      since: '',
      memoryBytes: 0,
    };
    this.loop = new AdoptLoop({
      store: this.store,
      engines: [this.engine],
      sensors: [this.sensor, ...helpers],
      flowLogs: { createReader: (reader) => new FlowLogReader(reader), formats: FLOW_LOG_FORMATS, namedLine },
      node: NODE,
      bootId: 'b00t',
      clock,
      logger: {
        info: (message) => void this.news.push(message),
        error: (message) => void this.troubles.push(message),
      },
      self: () => self,
    });
    await this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    this.store.close();
  }

  /** Whatever is written is refused, until what this returns is called. */
  fillDisk(): () => void {
    const full = (): never => {
      throw new SheerError('state-unusable', 'the disk is full');
    };
    const { store } = this;
    const faults = [
      mock.method(store, 'append', full),
      mock.method(store.measurements, 'addFlows', full),
      mock.method(store.snapshots, 'write', full),
    ];
    return () => faults.forEach((fault) => fault.mock.restore());
  }

  /** As kill -9 does it: nothing is written any more, whatever the loop still tries. */
  async kill(): Promise<void> {
    this.store.close();
    await this.loop.stop();
    this.troubles = [];
  }

  /** Stops, and fails if the loop complained. */
  async end(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
    assert.deepEqual(this.troubles, []);
  }

  /** Everything that lives; the engine is live from then on. Returns when `instances` are known. */
  async run(...containers: readonly (readonly Observation[])[]): Promise<void> {
    this.engine.report(...this.snapshot(...containers), { kind: 'watermark', at: this.now });
    await until(() => this.instances().length === containers.length);
  }

  snapshot(...containers: readonly (readonly Observation[])[]): readonly Observation[] {
    const data = { kind: 'engine', state: 'live', reason: null, description: 'podman 4', lost: 0 } as const;
    return [
      { kind: 'state', data },
      { kind: 'snapshot-begin', at: this.now },
      ...containers.flat(),
      { kind: 'snapshot-end', at: this.now },
    ];
  }

  instances() {
    return this.loop.questions.instances({ ...NOW, service: null });
  }

  calls() {
    return this.loop.questions.calls({ ...NOW, since: null });
  }

  whois(ip: string, at: number | null = null) {
    return this.loop.questions.whois({ ip, port: null, at, scope: null });
  }

  /** One connection, both of whose sockets the kernel reports; returns when it is named. */
  async call(from: string, to: string, port: number): Promise<void> {
    const flow = this.connection('10.88.0.250', '10.88.0.251', port);
    const holder = (id: string) => ({ kind: 'container', id }) as const;
    const before = this.calls().reduce((sum, call) => sum + (call.connections ?? 0), 0);
    this.sensor.see(
      { ...flow, client: { ...flow.client, holder: holder(from) } },
      { ...flow, seenFrom: 'server', server: { ...flow.server, holder: holder(to) } },
    );
    this.now += 3000;
    this.sensor.see({ kind: 'watermark', at: this.now });
    this.engine.report({ kind: 'watermark', at: this.now });
    await until(() => this.calls().reduce((sum, call) => sum + (call.connections ?? 0), 0) > before);
  }

  connection(from: string, to: string, port = 80): Flow {
    return {
      kind: 'flow',
      at: this.now,
      protocol: 'tcp',
      client: { ip: from, port: 40_000, scope: null, holder: null },
      server: { ip: to, port, scope: null, holder: null },
      translated: null,
      seenFrom: 'client',
      verdict: 'established',
      connections: 1,
      bytes: null,
    };
  }
}

/** A container as an engine asserts it, with its address. Its full id is its name. */
export function container(name: string, options: ContainerOptions = {}): readonly Observation[] {
  const { labels = {}, ip = '10.88.0.2', since = BEGINNING - 5000, data = {} } = options;
  const held = address(name, ip);
  const instance: InstanceData = containerData({ node: NODE, name, labels, ...data });
  return [
    {
      kind: 'assert',
      subject: { kind: 'instance', id: containerInstanceId(name) },
      data: instance,
      validFrom: since,
    },
    { kind: 'assert', subject: { kind: 'address', id: addressId(held) }, data: held, validFrom: since },
  ];
}

export const address = (name: string, ip: string): AddressData => ({
  scope: `network/${NODE}/podman`,
  ip,
  port: null,
  protocol: null,
  holder: { kind: 'instance', id: containerInstanceId(name) },
});

/**
 * Long enough for what was reported to be recorded and settled: in short steps, so that on a busy
 * machine every timer of the loop gets its turns too.
 */
export async function settled(): Promise<void> {
  for (let step = 0; step < 8; step++) await new Promise((resolve) => setTimeout(resolve, 50));
}
