import { setTimeout as delay } from 'node:timers/promises';

import type { Flow } from '#model';

import type { FlowSensor } from '../sensor.ts';

const DEADLINE_MS = 20_000;

/** A sensor that is observed, and what it has said. */
export class WatchedFlows {
  readonly flows: Flow[] = [];
  readonly states: string[] = [];
  lost = 0;
  private readonly sensor: FlowSensor;
  private readonly stopped = new AbortController();
  private readonly finished: Promise<void>;
  private looked = 0;

  constructor(sensor: FlowSensor) {
    this.sensor = sensor;
    this.finished = this.run();
  }

  /** So many more looks, each of which has begun after this was called. */
  async looks(count: number): Promise<void> {
    const wanted = this.looked + count + (this.looked === 0 ? 0 : 1);
    await this.until(() => this.looked >= wanted);
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`not in ${DEADLINE_MS} ms: ${condition.toString()}`);
      await delay(5);
    }
  }

  seenFrom(side: Flow['seenFrom']): readonly Flow[] {
    return this.flows.filter(({ seenFrom }) => seenFrom === side);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.finished;
  }

  private async run(): Promise<void> {
    let watermark = Number.NEGATIVE_INFINITY;
    for await (const events of this.sensor.observe(this.stopped.signal)) {
      for (const event of events) {
        if (event.kind === 'flow') this.flows.push(event);
        else if (event.kind === 'lost') this.lost += event.count;
        else if (event.kind === 'state') this.states.push(event.data.state);
        else if (event.at > watermark) {
          watermark = event.at;
          this.looked += 1;
        }
      }
    }
  }
}
