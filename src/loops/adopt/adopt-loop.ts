import {
  containerInstanceId,
  type Clock,
  type Flow,
  type Instant,
  type StatusAnswer,
  type Subject,
} from '#model';
import type { Engine } from '#engines';
import { Locator, Names, type Graph } from '#graph';
import type { FlowSensor } from '#sensors';
import type { FlowRow, Store } from '#store';
import { AdoptQuestions } from './adopt-questions.ts';
import { Archive } from './archive.ts';
import type { View } from './answers/view.ts';
import { CallTable, isCall } from './attribution/call-table.ts';
import { FlowAttributor } from './attribution/flow-attributor.ts';
import { Declarer } from './declarer.ts';
import { Feeds } from './feeds.ts';
import { FlowFeed } from './flow-feed.ts';
import { FlowImporter, type FlowLogFormats } from './flow-importer.ts';
import { GraphKeeper } from './graph-keeper.ts';
import type { FlowImports, Questions } from './questions.ts';
import { Recorder } from './recorder.ts';
import { restoreGraph, restoreLastLife, saveLife, type LastLife } from './restore.ts';
import { WriteTrouble } from './write-trouble.ts';

/** What is in memory; older intervals are answered from the streams. */
const WINDOW_MS = 7 * 24 * 3_600_000;

/** How long observations and minute rows are kept. */
const RETENTION_MS = 30 * 24 * 3_600_000;

/** How much of the past is lost to a kill -9: a gap is marked from the last of these on. */
const WATERMARKS_EVERY_MS = 2000;

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
const TIDY_EVERY_MS = 60_000;

export interface AdoptLogger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
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
  readonly #archive: Archive;
  readonly #lastLife: LastLife;
  #timers: NodeJS.Timeout[] = [];
  #restoringCalls: Promise<void> = Promise.resolve();
  #isStarted = false;
  #isClosed = false;
  #labels: { readonly epoch: number; readonly names: ReadonlySet<string> } = { epoch: -1, names: new Set() };
  readonly #keeper: GraphKeeper;
  readonly #saving: WriteTrouble;

  constructor(options: AdoptOptions) {
    const { store, clock, node } = options;
    this.#options = options;
    this.#graph = restoreGraph(store);
    this.#lastLife = restoreLastLife(store);
    this.#keeper = this.#createKeeper();
    const names = new Names(this.#graph);
    const calls = new CallTable();
    const settledUntil = (): Instant => this.#feeds.settledUntil();
    const locator = new Locator({ graph: this.#graph, node, externals: names.external, settledUntil });
    this.view = { graph: this.#graph, names, locator, calls, node, clock };
    const trouble = (what: string) => new WriteTrouble(options.logger, what);
    this.#saving = trouble('snapshots');
    this.#recorder = new Recorder({ store, graph: this.#graph, node, clock, trouble: trouble('facts') });
    const attributor = new FlowAttributor({
      locator,
      clock,
      bootId: options.bootId,
      settledUntil,
      halvesUntil: (source) => this.#feeds.halvesUntil(source),
      instanceOfProcess: (pid, startTicks, at) => this.#instanceOfProcess(pid, startTicks, at),
      subjectOf: (holder) => this.#subjectOf(holder),
    });
    this.#flows = new FlowFeed({
      attributor,
      calls,
      measurements: store.measurements,
      clock,
      bridging: () => this.#feeds.bridging,
      witness: (flow) => this.#witness(flow),
      trouble: trouble('flows'),
    });
    this.#feeds = new Feeds({
      ...options,
      recorder: this.#recorder,
      graph: this.#graph,
      onFlows: (source, flows) => this.#flows.accept(source, flows),
      onBridgingFlows: (source, flows) => this.#flows.acceptBridging(source, flows),
      broken: (source, error) => options.logger.error('a feed failed inside', { source, error }),
    });
    this.#archive = new Archive(store, this.view, this.#lastLife.windowStart);
    this.imports = new FlowImporter(this.view, store.measurements, options.flowLogs);
    this.questions = new AdoptQuestions({
      ...options,
      view: this.view,
      archive: this.#archive,
      catchUp: () => {
        this.#recorder.flush();
        this.#flows.write();
      },
      feeds: this.#feeds,
      declarer: new Declarer({ store, graph: this.#graph, node, clock }),
    });
  }

  /** When it fails, all that it began has ended again. */
  async start(): Promise<void> {
    try {
      await this.#begin();
      this.#isStarted = true;
    } catch (error) {
      await this.#feeds.end();
      await this.#close();
      throw error;
    }
  }

  /** Of a loop that has not started there is nothing to stop. */
  async stop(): Promise<void> {
    if (!this.#isStarted) return;
    this.#isStarted = false;
    await this.#feeds.stop();
    await this.#close();
    // Both can be derived again from the streams, so a full disk is no reason to fail.
    this.#saveOrTell(() => {
      this.#saveLife();
      this.#keeper.saveLast();
    });
  }

  /**
   * What is due once a day: seals the days that are over, drops what is no longer kept, and forgets
   * what has left the window. Idempotent; of use at any time.
   */
  tidy(): void {
    const { store, clock, logger } = this.#options;
    const now = clock();
    try {
      store.seal(now);
      store.dropSegments(now - RETENTION_MS);
      store.measurements.dropFlows(now - RETENTION_MS);
      this.view.calls.dropBefore(now - WINDOW_MS);
      if (this.#archive.windowStart < now - WINDOW_MS - DAY_MS) this.#keeper.forget(now - WINDOW_MS);
    } catch (error) {
      logger.error('could not tidy up; trying again', { error: String(error) });
    }
  }

  /**
   * Whether a container engine answers for the container; null while one has not shown all of its own
   * yet. A container of an engine that nobody follows is nobody's.
   */
  ownsContainer(id: string): boolean | null {
    const instance = containerInstanceId(id);
    if (this.#graph.one('instance', instance) !== null) return true;
    const engines = this.#options.engines.filter(
      ({ capabilities }) => capabilities.instances === 'container',
    );
    if (engines.some((engine) => this.#recorder.isAlive(engine.id, instance))) return true;
    const isIncomplete = engines.some(
      (engine) =>
        this.#graph.one('source', engine.id)?.data.state === 'live' && !this.#recorder.isComplete(engine.id),
    );
    return isIncomplete ? null : false;
  }

  /** Labels that people allowed to be recorded; containers seen from then on have them. */
  declaredLabels(): ReadonlySet<string> {
    // Asked for every container: a list of all labels is a walk over the whole graph.
    if (this.#labels.epoch !== this.#graph.derivationEpoch) {
      const names = new Set([...this.#graph.all('label')].map(({ data }) => data.name));
      this.#labels = { epoch: this.#graph.derivationEpoch, names };
    }
    return this.#labels.names;
  }

  /** Ids of the instances that an engine reported and that have not ended, also before a restart. */
  aliveInstances(engine: string): readonly string[] {
    return this.#recorder.aliveInstances(engine);
  }

  async #begin(): Promise<void> {
    this.#feeds.markDowntime(this.#lastLife.watermarks);
    this.#restoringCalls = this.#restoreCalls();
    this.#flows.start();
    this.#timers = [
      setInterval(() => this.#keepWatermarks(), WATERMARKS_EVERY_MS),
      setInterval(() => this.tidy(), TIDY_EVERY_MS),
    ];
    this.tidy();
    await this.#feeds.start();
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#flows.stop();
    this.#recorder.stop();
    await this.#keeper.stop();
    this.#archive.close();
    await this.#restoringCalls;
  }

  #instanceOfProcess(pid: number, startTicks: number | null, at: Instant): string | null {
    for (const engine of this.#options.engines) {
      const instance = engine.instanceOfProcess?.(pid, startTicks, at) ?? null;
      if (instance !== null) return instance;
    }
    return null;
  }

  #subjectOf(holder: number): Subject {
    const { facts } = this.#graph;
    return { kind: facts.subjectKind(holder), id: facts.subjectId(holder) };
  }

  #witness({ client, at }: Flow): void {
    if (client.holder?.kind !== 'process') return;
    const { pid, startTicks, command } = client.holder;
    for (const engine of this.#options.engines) engine.witness?.({ pid, startTicks, command, at });
  }

  /**
   * The calls of the last day. What may still grow at once, before anything is counted anew; the rest in the
   * background, because a busy day has millions of rows.
   */
  async #restoreCalls(): Promise<void> {
    const { clock, logger, store } = this.#options;
    try {
      const now = clock();
      const grows = Math.floor(now / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
      for (const rows of store.measurements.flows(grows, now)) this.#addCalls(rows);
      for (const rows of store.measurements.flows(now - DAY_MS, grows)) {
        this.#addCalls(rows);
        await new Promise((resolve) => setImmediate(resolve));
        if (this.#isClosed) return;
      }
    } catch (error) {
      logger.error('could not read all calls of the last day', { error });
    }
  }

  #addCalls(rows: readonly FlowRow[]): void {
    for (const row of rows) if (isCall(row)) this.view.calls.addRow(row);
  }

  #keepWatermarks(): void {
    this.#saveOrTell(() => {
      this.#saveLife();
      this.#keeper.saveWhenGrown();
    });
  }

  #saveOrTell(save: () => void): void {
    try {
      save();
      this.#saving.succeeded();
    } catch (error) {
      this.#saving.failed(error);
    }
  }

  #createKeeper(): GraphKeeper {
    return new GraphKeeper({
      store: this.#options.store,
      graph: this.#graph,
      flush: () => this.#recorder.flush(),
      forgotten: (before) => {
        this.#archive.windowStart = before;
        this.#saveLife();
      },
      failed: (error) => this.#notSaved(error),
    });
  }

  #saveLife(): void {
    saveLife(this.#options.store, this.#recorder.feeds(), this.#archive.windowStart);
  }

  #notSaved(error: unknown): void {
    const message = 'could not save a snapshot; a restart takes longer';
    this.#options.logger.error(message, { error: String(error) });
  }
}
