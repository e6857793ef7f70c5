import type {
  Clock,
  Evidence,
  Instant,
  NewFact,
  Observation,
  Slack,
  SourceData,
  Subject,
  SubjectData,
  SubjectKind,
} from '#model';
import { current, lastRunBefore, type Graph } from '#graph';
import type { Store } from '#store';
import { isNextRun, isOtherRun, SAME_RUN_MS, withEarlier, type Known, type Said } from './recorder-runs.ts';
import type { WriteTrouble } from './write-trouble.ts';

/**
 * Facts wait this long for company, so that a storm costs few disk writes; and as long as the last
 * write took, so that a slow disk is not all that the control plane waits for.
 */
const FLUSH_AFTER_MS = 5;
const FLUSH_AFTER_MS_MAX = 25;

/** A full disk may have room again. */
const RETRY_AFTER_MS = 1000;

/** How a feed stands, apart from what is recorded of it. */
export interface FeedState {
  /** When anything was heard of it last, by this machine's clock. */
  heardAt: Instant;
  /** Everything before this has been reported. */
  watermark: Instant;
}

export interface RecorderOptions {
  readonly store: Store;
  readonly graph: Graph;
  readonly node: string;
  readonly clock: Clock;
  /** Told whether facts can be written. Until then they are kept, and tried again every second. */
  readonly trouble: WriteTrouble;
}

type NewObservationFact =
  | Omit<Extract<NewFact, { kind: 'assert' }>, 'source' | 'recordedAt'>
  | Omit<Extract<NewFact, { kind: 'end' }>, 'source' | 'recordedAt'>;

/**
 * Turns what feeds report into facts: drops what says nothing new, ends what a snapshot no longer
 * shows, numbers the rest per source and writes them in groups. A feed may repeat itself, so a
 * control plane that was killed and started again records nothing twice.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #feeds = new Map<string, FeedState>();
  readonly #sequences = new Map<string, number>();
  /** Subjects that each source holds to be alive; `kind id`. */
  readonly #alive = new Map<string, Map<string, Subject>>();
  /** Subjects seen since a snapshot began. */
  readonly #snapshots = new Map<string, Set<string>>();
  /** Sources that have shown all that is there, and were not interrupted since. */
  readonly #complete = new Set<string>();
  /** News that waits to be written, by `source kind id`; null: ended. */
  readonly #news = new Map<string, Known | null>();
  #waiting: NewFact[] = [];
  #waitingSince: Instant = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #lastWriteMs = 0;
  #stopped = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#findAlive();
  }

  /** A feed's own state: when it was heard, and up to when it has reported. */
  feed(source: string): FeedState {
    const known = this.#feeds.get(source);
    if (known !== undefined) return known;
    const fresh = { heardAt: Number.NEGATIVE_INFINITY, watermark: Number.NEGATIVE_INFINITY };
    this.#feeds.set(source, fresh);
    return fresh;
  }

  feeds(): ReadonlyMap<string, Readonly<FeedState>> {
    return this.#feeds;
  }

  /** The earliest moment of which something was reported that the graph does not have yet. */
  get waitingSince(): Instant {
    return this.#waitingSince;
  }

  /** How many subjects of a kind the source holds to be alive. */
  aliveCount(source: string, kind: SubjectKind): number {
    let count = 0;
    for (const subject of this.#alive.get(source)?.values() ?? []) if (subject.kind === kind) count++;
    return count;
  }

  /** Whether the source has shown all that is there, and was not interrupted since. */
  isComplete(source: string): boolean {
    return this.#complete.has(source);
  }

  /** Whether the source holds the instance to be alive; known before it is written. */
  isAlive(source: string, instance: string): boolean {
    return this.#alive.get(source)?.has(`instance ${instance}`) === true;
  }

  /** Ids of the instances that the source holds to be alive. */
  aliveInstances(source: string): readonly string[] {
    const alive = [...(this.#alive.get(source)?.values() ?? [])];
    return alive.filter(({ kind }) => kind === 'instance').map(({ id }) => id);
  }

  /** Takes a batch of one source, in order. */
  observe(source: string, batch: readonly Observation[]): void {
    const feed = this.feed(source);
    feed.heardAt = this.#options.clock();
    for (const observation of batch) this.#take(source, feed, observation);
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.flush(), this.#patienceMs());
  }

  /** A feed's state changed: recorded, because attribution needs to know gaps later. */
  sourceState(source: string, data: SourceData, at: Instant): void {
    this.observe(source, [{ kind: 'assert', subject: { kind: 'source', id: source }, data, validFrom: at }]);
  }

  /** Writes what waits for the last time. */
  stop(): void {
    this.#stopped = true;
    this.flush();
  }

  /** Writes what waits, durably, and folds it in. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    const { store } = this.#options;
    const facts = this.#waiting;
    const startedAt = performance.now();
    try {
      // The graph follows by the store's watch.
      store.append('observations', facts, store.head('observations').position);
      this.#waiting = [];
      this.#waitingSince = Number.POSITIVE_INFINITY;
      this.#news.clear();
      this.#lastWriteMs = performance.now() - startedAt;
      this.#options.trouble.succeeded();
    } catch (error) {
      this.#options.trouble.failed(error);
      if (!this.#stopped) this.#timer = setTimeout(() => this.flush(), RETRY_AFTER_MS);
    }
  }

  #patienceMs(): number {
    return Math.min(FLUSH_AFTER_MS_MAX, Math.max(FLUSH_AFTER_MS, this.#lastWriteMs));
  }

  #take(source: string, feed: FeedState, observation: Observation): void {
    switch (observation.kind) {
      case 'assert':
        this.#assert(source, observation.subject, observation);
        return;
      case 'end':
        this.#end(source, observation.subject, observation.validFrom, observation.slack);
        return;
      case 'snapshot-begin':
        this.#snapshots.set(source, new Set());
        return;
      case 'snapshot-end':
        this.#endMissing(source, feed, observation.at);
        this.#complete.add(source);
        feed.watermark = Math.max(feed.watermark, observation.at);
        return;
      case 'gap':
        this.#complete.delete(source);
        this.#gap(source, observation);
        return;
      case 'watermark':
        feed.watermark = Math.max(feed.watermark, observation.at);
        return;
      case 'state':
        this.#assert(
          source,
          { kind: 'source', id: source },
          { data: observation.data, validFrom: this.#options.clock() },
        );
        return;
    }
  }

  #assert<K extends SubjectKind>(
    source: string,
    subject: Subject<K>,
    said: { readonly data: SubjectData[K]; readonly validFrom: Instant; readonly evidence?: Evidence },
  ): void {
    const key = `${subject.kind} ${subject.id}`;
    this.#snapshots.get(source)?.add(key);
    const open = this.#known(source, subject);
    const known = this.#sameRun(source, subject, open ?? this.#ended(source, subject, said.validFrom), said);
    const data = known === null ? said.data : withEarlier(subject.kind, said.data, known.data);
    if (open !== null && JSON.stringify(known?.data) === JSON.stringify(data)) return;
    const since = known?.since ?? said.validFrom;
    this.#add(source, {
      kind: 'assert',
      subject,
      data,
      validFrom: Math.max(said.validFrom, since),
      evidence: said.evidence ?? 'observed',
    });
    this.#news.set(`${source} ${key}`, { data, since, slack: null });
    this.#aliveOf(source).set(key, subject);
  }

  /** What is known of the run that this speaks of; null when it is another one, whose predecessor is ended. */
  #sameRun(source: string, subject: Subject, known: Known | null, said: Said): Known | null {
    if (known === null || subject.kind !== 'instance') return known;
    // Of a run that had ended only its beginning can tell it from the next; what follows are changes.
    const begins = !this.#aliveOf(source).has(`instance ${subject.id}`);
    if (!isOtherRun(known, said) && !(begins && isNextRun(known, said))) return known;
    // It went down and came up while nobody looked: two runs, not one.
    const seen = known.slack?.lastSeen ?? this.feed(source).watermark;
    const lastSeen = Math.max(known.since, Math.min(seen, said.validFrom));
    this.#end(source, subject, said.validFrom, { lastSeen, firstMissing: said.validFrom });
    return null;
  }

  #end(source: string, subject: Subject, validFrom: Instant, slack?: Slack): void {
    const key = `${subject.kind} ${subject.id}`;
    const known = this.#known(source, subject) ?? this.#ended(source, subject, validFrom);
    this.#aliveOf(source).delete(key);
    if (known === null) return;
    // An end before the beginning would leave it open: clocks of engine and kernel may differ.
    const at = Math.max(validFrom, known.since);
    this.#addEnd(source, subject, at, slack);
    this.#news.set(`${source} ${key}`, null);
    if (subject.kind === 'instance') this.#release(source, subject.id, at, slack);
  }

  /** It held its addresses no longer than it lived: those that were found missing later ended with it. */
  #release(source: string, instance: string, at: Instant, slack?: Slack): void {
    const { graph, node } = this.#options;
    for (const held of graph.addresses.addressesOf(graph.facts.subject('instance', instance), at)) {
      const address = { kind: 'address', id: held.id } as const;
      const isOpen = this.#known(source, address) !== null;
      if (!isOpen && held.source === `${source}@${node}`) this.#addEnd(source, address, at, slack);
    }
  }

  #endMissing(source: string, feed: FeedState, at: Instant): void {
    const seen = this.#snapshots.get(source);
    this.#snapshots.delete(source);
    if (seen === undefined) return;
    for (const [key, subject] of [...this.#aliveOf(source)]) {
      if (seen.has(key) || subject.kind === 'source') continue;
      const since = this.#known(source, subject)?.since ?? at;
      const lastSeen = Math.min(at, Math.max(since, feed.watermark));
      this.#end(source, subject, at, { lastSeen, firstMissing: at });
    }
  }

  #gap(source: string, gap: Extract<Observation, { kind: 'gap' }>): void {
    const known = this.#known(source, { kind: 'source', id: source });
    // Only `source` facts have this subject, so their data is SourceData.
    const before = known?.data as SourceData | undefined;
    const data: SourceData = {
      kind: before?.kind ?? 'engine',
      description: before?.description ?? source,
      state: 'gap',
      reason: gap.reason,
      lost: (before?.lost ?? 0) + gap.lost,
    };
    this.#assert(source, { kind: 'source', id: source }, { data, validFrom: gap.at });
  }

  #known(source: string, subject: Subject): Known | null {
    const news = this.#news.get(`${source} ${subject.kind} ${subject.id}`);
    if (news !== undefined) return news;
    return current(this.#options.graph.facts, subject.kind, subject.id, `${source}@${this.#options.node}`);
  }

  /**
   * The run of an instance at a moment, after a snapshot had found it missing. An engine may tell of
   * it after that: podman repeats events of the last second to a control plane that starts again.
   */
  #ended(source: string, subject: Subject, at: Instant): Known | null {
    const { graph, node } = this.#options;
    if (subject.kind !== 'instance') return null;
    // Its end may wait to be written; the graph says how uncertain that is.
    if (this.#news.get(`${source} instance ${subject.id}`) === null) this.flush();
    const run = lastRunBefore(graph.facts, subject, `${source}@${node}`, at + SAME_RUN_MS);
    return run === null || run.slack === null || at >= run.until ? null : run;
  }

  #addEnd(source: string, subject: Subject, validFrom: Instant, slack?: Slack): void {
    const end = { kind: 'end', subject, validFrom, evidence: 'observed' } as const;
    this.#add(source, slack === undefined ? end : { ...end, slack });
  }

  #add(source: string, fact: NewObservationFact): void {
    const sequence =
      (this.#sequences.get(source) ??
        this.#options.graph.facts.sequenceOf(`${source}@${this.#options.node}`)) + 1;
    this.#sequences.set(source, sequence);
    const placed = {
      recordedAt: this.#options.clock(),
      source: { id: source, node: this.#options.node, sequence },
    };
    this.#waiting.push({ ...fact, ...placed });
    this.#waitingSince = Math.min(this.#waitingSince, fact.validFrom);
  }

  #aliveOf(source: string): Map<string, Subject> {
    const known = this.#alive.get(source);
    if (known !== undefined) return known;
    const fresh = new Map<string, Subject>();
    this.#alive.set(source, fresh);
    return fresh;
  }

  /** After a start: what the graph holds to be alive, by source of this node. */
  #findAlive(): void {
    const { graph, node } = this.#options;
    for (const [source, subject] of graph.openSubjects()) {
      const [id, where] = [
        source.slice(0, source.lastIndexOf('@')),
        source.slice(source.lastIndexOf('@') + 1),
      ];
      if (where === node) this.#aliveOf(id).set(`${subject.kind} ${subject.id}`, subject);
    }
  }
}
