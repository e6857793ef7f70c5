import { containerInstanceId, type Clock, type Flow, type Instant, type StatusAnswer } from '#model';
import type { Engine } from '#engines';
import { Locator, Names, type Graph } from '#graph';
import type { FlowSensor } from '#sensors';
import type { Store } from '#store';
import { AdoptQuestions } from './adopt-questions.ts';
import type { View } from './answers/view.ts';
import { CallTable } from './attribution/call-table.ts';
import { FlowAttributor } from './attribution/flow-attributor.ts';
import { Declarer } from './declarer.ts';
import { Feeds } from './feeds.ts';
import { FlowFeed } from './flow-feed.ts';
import { FlowImporter, type FlowLogFormats } from './flow-importer.ts';
import type { FlowImports, Questions } from './questions.ts';
import { Recorder } from './recorder.ts';
import { restoreGraph, restoreWatermarks, saveGraph, saveWatermarks } from './restore.ts';

/** What is in memory; older intervals are answered from the streams. */
const WINDOW_MS = 7 * 24 * 3_600_000;

/** How much of the past is lost to a kill -9: a gap is marked from the last of these on. */
const WATERMARKS_EVERY_MS = 2000;

/** A snapshot after so many facts; replaying them takes about a tenth of a second. */
const SNAPSHOT_EVERY_FACTS = 50_000;

const DAY_MS = 24 * 3_600_000;

export interface AdoptLogger {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface AdoptOptions {
  readonly store: Store;
  readonly engines: readonly Engine[];
  /** The best first. */
  readonly sensors: readonly FlowSensor[];
  readonly flowLogs: FlowLogFormats;
  readonly node: string;
  readonly bootId: string;
  readonly clock: Clock;
  readonly logger: AdoptLogger;
  /** What `status` says of the process itself. */
  readonly self: () => Pick<
    StatusAnswer,
    'version' | 'state' | 'address' | 'socket' | 'pid' | 'since' | 'memoryBytes'
  >;
}

/**
 * Closes the gap between what runs and what is known of it. It reads, and changes nothing
 * (invariant 5): engines and sensors report, the recorder writes facts, the graph follows.
 */
export class AdoptLoop {
  readonly questions: Questions;
  readonly imports: FlowImports;
  readonly view: View;
  readonly #options: AdoptOptions;
  readonly #recorder: Recorder;
  readonly #feeds: Feeds;
  readonly #flows: FlowFeed;
  readonly #graph: Graph;
  #timers: NodeJS.Timeout[] = [];
  #snapshotAt = 0;
  #stopWatching: () => void;

  constructor(options: AdoptOptions) {
    const { store, clock, node } = options;
    this.#options = options;
    this.#graph = restoreGraph(store);
    this.#snapshotAt = this.#graph.facts.size;
    this.#stopWatching = store.watch((stream, facts) => this.#graph.apply(stream, facts));
    const failed = (error: unknown): void =>
      options.logger.error('could not write; trying again', { error: String(error) });
    const names = new Names(this.#graph);
    const calls = new CallTable();
    const settledUntil = (): Instant => this.#feeds.settledUntil();
    const locator = new Locator({ graph: this.#graph, node, externals: names.external, settledUntil });
    this.view = { graph: this.#graph, names, locator, calls, node, clock };
    this.#recorder = new Recorder({ store, graph: this.#graph, node, clock, failed });
    const attributor = new FlowAttributor({
      locator,
      clock,
      bootId: options.bootId,
      settledUntil,
      instanceOfProcess: (pid, startTicks, at) => this.#instanceOfProcess(pid, startTicks, at),
      subjectOf: (holder) => ({
        kind: this.#graph.facts.subjectKind(holder),
        id: this.#graph.facts.subjectId(holder),
      }),
    });
    this.#flows = new FlowFeed({
      attributor,
      calls,
      measurements: store.measurements,
      clock,
      witness: (flow) => this.#witness(flow),
      failed,
    });
    this.#feeds = new Feeds({
      ...options,
      recorder: this.#recorder,
      graph: this.#graph,
      onFlows: (source, flows) => this.#flows.accept(source, flows),
      onBridgingFlows: (source, flows) => this.#flows.acceptBridging(source, flows),
    });
    this.imports = new FlowImporter(this.view, store.measurements, options.flowLogs);
    this.questions = new AdoptQuestions({
      ...options,
      view: this.view,
      feeds: this.#feeds,
      declarer: new Declarer({ store, graph: this.#graph, node, clock }),
    });
  }

  get engineIds(): readonly string[] {
    return this.#options.engines.map((engine) => engine.id);
  }

  async start(): Promise<void> {
    const { store, clock } = this.#options;
    this.#feeds.markDowntime(restoreWatermarks(store));
    this.#restoreCalls(clock());
    this.#flows.start();
    this.#timers = [
      setInterval(() => this.#keepWatermarks(), WATERMARKS_EVERY_MS),
      setInterval(() => this.#daily(), 60_000),
    ];
    await this.#feeds.start();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#feeds.stop();
    this.#flows.stop();
    this.#recorder.stop();
    this.#stopWatching();
    saveWatermarks(this.#options.store, this.#recorder.feeds());
    saveGraph(this.#options.store, this.#graph);
  }

  /** Whether a container engine answers for the container, or will: one that is live reports all of its own. */
  ownsContainer(id: string): boolean {
    if (this.#graph.one('instance', containerInstanceId(id)) !== null) return true;
    return this.#options.engines.some(
      (engine) =>
        engine.capabilities.instances === 'container' &&
        this.#graph.one('source', engine.id)?.data.state === 'live',
    );
  }

  #instanceOfProcess(pid: number, startTicks: number | null, at: Instant): string | null {
    for (const engine of this.#options.engines) {
      const instance = engine.instanceOfProcess?.(pid, startTicks, at) ?? null;
      if (instance !== null) return instance;
    }
    return null;
  }

  #witness({ client, at }: Flow): void {
    if (client.holder?.kind !== 'process') return;
    const { pid, startTicks, command } = client.holder;
    for (const engine of this.#options.engines) engine.witness?.({ pid, startTicks, command, at });
  }

  #restoreCalls(now: Instant): void {
    for (const rows of this.#options.store.measurements.flows(now - DAY_MS, now + DAY_MS)) {
      for (const row of rows) if (!row.source.startsWith('import:')) this.view.calls.addRow(row);
    }
  }

  #keepWatermarks(): void {
    try {
      saveWatermarks(this.#options.store, this.#recorder.feeds());
      if (this.#graph.facts.size - this.#snapshotAt < SNAPSHOT_EVERY_FACTS) return;
      this.#snapshotAt = this.#graph.facts.size;
      saveGraph(this.#options.store, this.#graph);
    } catch (error) {
      this.#options.logger.error('could not save a snapshot; a restart takes longer', {
        error: String(error),
      });
    }
  }

  #daily(): void {
    const { store, clock, logger } = this.#options;
    try {
      store.seal(clock());
      this.view.calls.dropBefore(clock() - WINDOW_MS);
    } catch (error) {
      logger.error('could not seal the day', { error: String(error) });
    }
  }
}
