import type { Flow } from '#model';

import { Looks } from '../../../test/fakes/looks.ts';
import type { FlowSensor } from '../sensor.ts';

/** A sensor that is observed, and what it has said. */
export class WatchedFlows {
  readonly flows: Flow[] = [];
  readonly states: string[] = [];
  lost = 0;
  readonly looks = new Looks();
  private readonly sensor: FlowSensor;
  private readonly stopped = new AbortController();
  private readonly finished: Promise<void>;

  constructor(sensor: FlowSensor) {
    this.sensor = sensor;
    this.finished = this.run();
  }

  seenFrom(side: Flow['seenFrom']): readonly Flow[] {
    return this.flows.filter(({ seenFrom }) => seenFrom === side);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.finished;
  }

  private async run(): Promise<void> {
    for await (const events of this.sensor.observe(this.stopped.signal)) {
      for (const event of events) {
        if (event.kind === 'flow') this.flows.push(event);
        else if (event.kind === 'lost') this.lost += event.count;
        else if (event.kind === 'state') this.states.push(event.data.state);
        else this.looks.watermark(event.at);
      }
    }
  }
}
