import type { Clock, Flow, FlowEvent } from '#model';
import type { MeasurementStore } from '#store';
import { CallTable, rowOf } from './attribution/call-table.ts';
import type { AttributedFlow } from './attribution/attributed-flow.ts';
import type { FlowAttributor } from './attribution/flow-attributor.ts';
import { FlowRows } from './attribution/flow-rows.ts';

const SETTLE_EVERY_MS = 100;
const WRITE_EVERY_MS = 1000;

export interface FlowFeedOptions {
  readonly attributor: FlowAttributor;
  readonly calls: CallTable;
  readonly measurements: MeasurementStore;
  readonly clock: Clock;
  /** Told of each process that opens a connection. */
  readonly witness: (flow: Flow) => void;
  /** Called when rows can't be written. They are kept and tried again. */
  readonly failed: (error: unknown) => void;
}

/** From a sensor's flows to named calls and minute rows. */
export class FlowFeed {
  readonly #options: FlowFeedOptions;
  readonly #rows = new FlowRows();
  #timers: NodeJS.Timeout[] = [];

  constructor(options: FlowFeedOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timers = [
      setInterval(() => this.settle(), SETTLE_EVERY_MS),
      setInterval(() => this.write(), WRITE_EVERY_MS),
    ];
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.settle();
    this.write();
  }

  /** Flows that are waiting for feeds to catch up. */
  get pending(): number {
    return this.#options.attributor.pending;
  }

  accept(source: string, events: readonly FlowEvent[]): void {
    for (const event of events) {
      if (event.kind !== 'flow') continue;
      this.#options.witness(event);
      this.#options.attributor.accept(source, event);
    }
  }

  settle(): void {
    for (const flow of this.#options.attributor.settle()) this.#count(flow);
  }

  write(): void {
    if (this.#rows.size === 0) return;
    const rows = this.#rows.take();
    try {
      this.#options.measurements.addFlows(rows);
    } catch (error) {
      for (const row of rows) this.#rows.add(row);
      this.#options.failed(error);
    }
  }

  #count(flow: AttributedFlow): void {
    this.#options.calls.add(flow);
    this.#rows.add(rowOf(flow));
  }
}
