import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Fact, Instant, SubjectKind } from '#model';
import type { Graph } from '#graph';
import type { AdvisoryStore, Store } from '#store';
import type { AdvisoryIntake } from './advisories/advisory-intake.ts';
import { SyncDesk } from './advisories/sync-desk.ts';
import { CaseKeeper } from './cases/case-keeper.ts';
import { LiveVerdictBook } from './cases/live-verdicts.ts';
import { ExcuseBook } from './excuses/excuse-book.ts';
import type { ImageReaders } from './image-readers.ts';
import { ImageBook } from './images/image-book.ts';
import { DocumentDesk } from './lists/document-desk.ts';
import { LayerScans } from './lists/layer-scans.ts';
import { ListBook } from './lists/list-book.ts';
import { ListReader } from './lists/list-reader.ts';
import { PatchAnswers } from './patch-questions.ts';
import type { PatchQuestions, RunningInstances } from './questions.ts';
import { PatchRecord } from './record.ts';
import { RunningNow } from './running/running-now.ts';
import { SubjectIds } from './subject-ids.ts';
import { LiveRoots } from './verify/live-roots.ts';
import type { PatchView } from './view.ts';
import { WaiverDesk } from './waivers/waiver-desk.ts';

/** What comes at once is looked at once. */
const DEBOUNCE_MS = 100;

/**
 * The same as long as nobody has brought advisories or asked: to name what runs costs as much as to write
 * down an engine's first look, and is not done beside it.
 */
const UNASKED_MS = 2000;

/** What happens by itself: waivers that expire, readings and proofs that are tried again. */
const TICK_MS = 5000;

/** A question after a restart waits so long for the package lists; then it says what is missing. */
const READY_WAIT_MS = 3000;

/** Names and owners of everything may be others after one of these. */
const NAMING: ReadonlySet<SubjectKind> = new Set(['team', 'environment', 'service', 'ownership', 'label']);

export interface PatchLogger {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface PatchLoopOptions {
  readonly store: Store;
  readonly advisories: AdvisoryStore;
  /** Folded by whoever opened the store, before this loop's own watch hears of a fact. */
  readonly graph: Graph;
  readonly instances: RunningInstances;
  readonly readers: ImageReaders;
  readonly intake: AdvisoryIntake;
  readonly node: string;
  readonly clock: Clock;
  readonly logger: PatchLogger;
}

/**
 * Closes the gap between known vulnerabilities and what runs, as far as knowing goes: it reads what
 * images hold, keeps a case for everything that touches something running, and proves that it is gone.
 */
export class PatchLoop {
  readonly questions: PatchQuestions;
  readonly #options: PatchLoopOptions;
  readonly #view: PatchView;
  readonly #scans: LayerScans;
  readonly #cases: CaseKeeper;
  readonly #stopping = new AbortController();
  readonly #stopWatching: () => void;
  readonly #restored = Promise.withResolvers<void>();
  #running: Promise<void> = Promise.resolve();
  #tick: NodeJS.Timeout | null = null;
  #wakeUp: (() => void) | null = null;
  #isAwake = false;
  readonly #asked = new AbortController();
  #expiredUntil: Instant;

  constructor(options: PatchLoopOptions) {
    const { store, graph, readers, clock, advisories, instances, node } = options;
    const { signal } = this.#stopping;
    this.#options = options;
    this.#expiredUntil = clock();
    const record = new PatchRecord(options);
    const ids = new SubjectIds(graph);
    // The graph is folded before this hears of a fact; and this before anything that is woken by it.
    this.#stopWatching = store.watch((_stream, facts) => this.#follow(facts));
    const failed = (message: string, error: unknown): void =>
      options.logger.error(message, { error: String(error) });
    const running = new RunningNow(instances, {
      woken: () => this.wake(),
      changed: (changed) => this.#instancesChanged(changed),
    });
    const images = new ImageBook({ graph, ids, running });
    const lists = new ListBook({
      store,
      graph,
      record,
      changed: (image) => this.#listChanged(image),
      failed,
    });
    this.#scans = new LayerScans(store);
    const scans = this.#scans;
    const reader = new ListReader({ graph, readers, scans, lists, running, clock, signal });
    const excuses = new ExcuseBook({ graph, ids, images });
    this.#view = {
      graph,
      store,
      advisories,
      ids,
      lists,
      reader,
      instances,
      running,
      images,
      excuses,
      verdicts: new LiveVerdictBook(store),
      node,
      clock,
    };
    const view = this.#view;
    this.#cases = new CaseKeeper({ view, record, roots: new LiveRoots({ readers, clock }) });
    const cases = this.#cases;
    const syncs = new SyncDesk({ view, record, intake: options.intake, cases });
    this.questions = new PatchAnswers({
      view,
      cases,
      syncs,
      documents: new DocumentDesk({ view, readers, sync: syncs }),
      waivers: new WaiverDesk(view, record),
      ready: () => this.#ready(),
      asked: () => this.#readOn(),
      wake: () => this.wake(),
      signal,
    });
  }

  start(): void {
    this.#tick = setInterval(() => this.wake(), TICK_MS).unref();
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#tick !== null) clearInterval(this.#tick);
    this.#wakeUp?.();
    await this.#running;
    await this.#view.lists.stop();
    this.#view.running.stop();
    this.#stopWatching();
    this.#scans.save();
  }

  /** Something may have changed: the loop looks again, soon. */
  wake(): void {
    this.#isAwake = true;
    this.#wakeUp?.();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    await this.#view.lists.restore(signal);
    this.#restored.resolve();
    for (const image of this.#view.running.images()) this.#view.reader.want(image);
    for (const { id } of this.#options.graph.all('image')) this.#view.reader.want(id);
    this.#cases.everythingChanged();
    this.#isAwake = true;
    while (!signal.aborted) {
      await this.#sleep();
      try {
        this.#view.running.settle();
        this.#expire();
        await this.#cases.reconcile(signal);
        if (this.#view.reader.waiting === 0) this.#scans.save();
        // One image, and then whatever it changed: a case is not kept waiting for all of them.
        if (!signal.aborted && this.#mayRead && (await this.#view.reader.readNext())) this.#isAwake = true;
      } catch (error) {
        if (signal.aborted) return;
        this.#options.logger.error('the patch loop could not go on; trying again', { error: String(error) });
      }
    }
  }

  /**
   * Reading an image leaves marks in its engine's store: times of access, a line in its log. Attaching must
   * leave none (invariant 5), so nothing is read before somebody brings advisories or asks.
   */
  get #mayRead(): boolean {
    return this.#asked.signal.aborted || this.#options.advisories.sources().length > 0;
  }

  #readOn(): void {
    if (this.#asked.signal.aborted) return;
    this.#asked.abort();
    this.wake();
  }

  /** Until something happens, and then a little, as it seldom comes alone. */
  async #sleep(): Promise<void> {
    const { signal } = this.#stopping;
    if (!this.#isAwake) {
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve;
        if (this.#isAwake || signal.aborted) resolve();
      });
      this.#wakeUp = null;
      // Who asks, or ends this, does not wait.
      const over = AbortSignal.any([signal, this.#asked.signal]);
      if (!this.#mayRead) await delay(UNASKED_MS, null, { signal: over }).catch(() => null);
      if (!signal.aborted) await delay(DEBOUNCE_MS);
    }
    this.#isAwake = false;
  }

  async #ready(): Promise<void> {
    if (this.#view.lists.restoring === null) return;
    const waited = new Promise<void>((resolve) => {
      setTimeout(resolve, READY_WAIT_MS).unref();
    });
    await Promise.race([this.#restored.promise, waited]);
  }

  #follow(facts: readonly Fact[]): void {
    const { ids, images, excuses, reader } = this.#view;
    ids.follow(facts);
    for (const { subject, kind } of facts) {
      if (subject.kind === 'image' || subject.kind === 'build-source') images.forget();
      if (subject.kind === 'image' && kind === 'assert') {
        reader.want(subject.id);
        this.wake();
      }
      if (subject.kind === 'vex' || subject.kind === 'waiver') {
        excuses.forget();
        const [vulnerability = ''] = subject.id.split('/');
        if (subject.kind === 'waiver') this.#cases.vulnerabilityChanged(vulnerability);
        this.wake();
      }
      if (NAMING.has(subject.kind)) this.#excusedChanged();
    }
  }

  /** A waiver is for a service or a team: whom that means may be another matter now. */
  #excusedChanged(): void {
    for (const id of this.#view.excuses.vulnerabilities()) this.#cases.vulnerabilityChanged(id);
    this.wake();
  }

  #instancesChanged(changed: readonly string[]): void {
    const { graph, images, reader } = this.#view;
    for (const image of changed) {
      if (graph.one('image', image) === null) images.forget();
      reader.want(image);
      this.#cases.imageChanged(image);
    }
    this.#cases.instancesChanged();
  }

  #listChanged(image: string): void {
    if (this.#view.running.ofImage(image).size > 0) this.#cases.imageChanged(image);
    this.wake();
  }

  /** What waivers that have ended since the last look excused. */
  #expire(): void {
    const { ids, graph, clock } = this.#view;
    const now = clock();
    for (const id of ids.of('waiver')) {
      const until = graph.one('waiver', id, this.#expiredUntil)?.data.until ?? null;
      if (until !== null && until <= now) this.#cases.vulnerabilityChanged(id.split('/')[0] ?? '');
    }
    this.#expiredUntil = now;
  }
}
