import { unmapped, type Clock, type Flow, type Instant } from '#model';
import type { MeasurementStore } from '#store';
import { type CallTable, rowOf } from './attribution/call-table.ts';
import type { AttributedFlow } from './attribution/attributed-flow.ts';
import type { FlowAttributor } from './attribution/flow-attributor.ts';
import { FlowRows } from './attribution/flow-rows.ts';
import type { WriteTrouble } from './write-trouble.ts';

const SETTLE_EVERY_MS = 100;
const WRITE_EVERY_MS = 1000;

/** The sensor of events delivers within a quarter of a second. */
const BRIDGE_WAIT_MS = 1000;
const BRIDGE_IDLE_MS = 5000;

export interface FlowFeedOptions {
  readonly attributor: FlowAttributor;
  readonly calls: CallTable;
  readonly measurements: MeasurementStore;
  readonly clock: Clock;
  /** Whether a sampling sensor helps out, or may begin to. */
  readonly bridging: () => boolean;
  /** Told of each process that opens a connection. */
  readonly witness: (flow: Flow) => void;
  /** Told whether rows can be written. Until then they are kept, and tried again. */
  readonly trouble: WriteTrouble;
}

/** From a sensor's flows to named calls and minute rows. */
export class FlowFeed {
  readonly #options: FlowFeedOptions;
  readonly #rows = new FlowRows();
  #timers: NodeJS.Timeout[] = [];
  #bridging: { readonly source: string; readonly flow: Flow; readonly since: Instant }[] = [];
  /** When a sampling sensor helped out last; 0: not lately. */
  #bridgedAt: Instant = 0;
  /** Connections that the sensor of events reported while another helped out. */
  readonly #seen = new Set<string>();

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

  accept(source: string, flows: readonly Flow[]): void {
    const maySeeTwice = this.#bridgedAt > 0 || this.#options.bridging();
    for (const flow of flows) {
      if (maySeeTwice) for (const key of keysOf(flow)) this.#seen.add(key);
      this.#options.witness(flow);
      this.#options.attributor.accept(source, flow);
    }
  }

  /**
   * Connections that were open when a sampling sensor looked. They count unless the sensor of
   * events has reported them, or does so within a moment.
   */
  acceptBridging(source: string, flows: readonly Flow[]): void {
    this.#bridgedAt = this.#options.clock();
    for (const flow of flows) this.#bridging.push({ source, flow, since: this.#bridgedAt });
  }

  settle(): void {
    this.#settleBridging();
    for (const flow of this.#options.attributor.settle()) this.#count(flow);
  }

  write(): void {
    if (this.#rows.size === 0) return;
    const rows = this.#rows.take();
    try {
      this.#options.measurements.addFlows(rows);
      this.#options.trouble.succeeded();
    } catch (error) {
      for (const row of rows) this.#rows.add(row);
      this.#options.trouble.failed(error);
    }
  }

  #settleBridging(): void {
    const now = this.#options.clock();
    while (this.#bridging[0] !== undefined && this.#bridging[0].since + BRIDGE_WAIT_MS <= now) {
      const one = this.#bridging.shift();
      if (one === undefined || keysOf(one.flow).some((key) => this.#seen.has(key))) continue;
      this.#options.witness(one.flow);
      this.#options.attributor.accept(one.source, one.flow);
    }
    if (this.#bridging.length > 0 || this.#bridgedAt + BRIDGE_IDLE_MS > now || this.#options.bridging())
      return;
    this.#bridgedAt = 0;
    this.#seen.clear();
  }

  #count(flow: AttributedFlow): void {
    this.#options.calls.add(flow);
    this.#rows.add(rowOf(flow));
  }
}

/** One for each socket that it tells of; a flow that was seen passing by tells of both. */
function keysOf({ client, server, translated, seenFrom }: Flow): readonly string[] {
  const from = `${unmapped(client.ip)} ${client.port}`;
  const atClient = `${from} ${unmapped(server.ip)} ${server.port} client`;
  const behind = translated ?? server;
  const atServer = `${from} ${unmapped(behind.ip)} ${behind.port} server`;
  if (seenFrom === 'path') return [atClient, atServer];
  return [seenFrom === 'client' ? atClient : atServer];
}
