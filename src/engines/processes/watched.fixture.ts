import type { AddressData, InstanceData, Observation, SourceData } from '#model';

import { Looks } from '../../../test/fakes/looks.ts';
import type { Engine } from '../engine.ts';
import { createProcessesEngine } from './processes-engine.ts';

/** Which process of a made /proc is the control plane. */
export const CONTROL_PLANE_PID = 4242;

/** An engine that is observed, and what its observations add up to. */
export class Watched {
  readonly engine: Engine;
  readonly all: Observation[] = [];
  /** Those that live. */
  readonly instances = new Map<string, InstanceData>();
  /** All that ever were. */
  readonly known = new Map<string, InstanceData>();
  readonly looks = new Looks();
  private readonly addresses = new Map<string, AddressData>();
  private readonly stopped = new AbortController();
  private readonly finished: Promise<void>;
  private aheadMs = 0;

  constructor(
    procDirectory: string,
    ownsContainer?: (containerId: string) => boolean | null,
    reported: readonly string[] = [],
  ) {
    this.engine = createProcessesEngine({
      node: 'box',
      clock: () => Date.now() + this.aheadMs,
      procDirectory,
      intervalMs: 20,
      reported: () => reported,
      controlPlanePid: CONTROL_PLANE_PID,
      ...(ownsContainer === undefined ? {} : { ownsContainer }),
    });
    this.finished = this.run();
  }

  /** Sockets: scope, address, port, holder. */
  listening(): readonly string[] {
    return [...this.addresses.values()]
      .filter(({ port }) => port !== null)
      .map(({ scope, ip, port, protocol, holder }) => `${scope} ${ip} ${protocol}/${port} ${holder.id}`);
  }

  asserted(id: string): number {
    return this.all.filter((each) => each.kind === 'assert' && each.subject.id === id).length;
  }

  state(): SourceData | undefined {
    return this.all.findLast((each) => each.kind === 'state')?.data;
  }

  advance(ms: number): void {
    this.aheadMs += ms;
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.finished;
  }

  private async run(): Promise<void> {
    for await (const observations of this.engine.observe(this.stopped.signal)) {
      for (const observation of observations) {
        this.take(observation);
        if (observation.kind === 'watermark') this.looks.watermark(observation.at);
      }
    }
  }

  private take(observation: Observation): void {
    this.all.push(observation);
    if (observation.kind === 'end') {
      this.instances.delete(observation.subject.id);
      this.addresses.delete(observation.subject.id);
    }
    if (observation.kind !== 'assert') return;
    const { id } = observation.subject;
    if (observation.subject.kind === 'instance') {
      // The kind of a subject decides the shape of its data.
      this.instances.set(id, observation.data as InstanceData);
      this.known.set(id, observation.data as InstanceData);
    }
    if (observation.subject.kind === 'address') this.addresses.set(id, observation.data as AddressData);
  }
}
