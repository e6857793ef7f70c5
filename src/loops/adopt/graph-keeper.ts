import { setImmediate } from 'node:timers/promises';
import type { Fact, Instant } from '#model';
import { forgettingPast, type Graph } from '#graph';
import type { Store, StreamName } from '#store';
import { saveGraph, saveGraphInBackground } from './restore.ts';

/** A snapshot after so many facts; replaying them takes a quarter of a second. */
const SNAPSHOT_EVERY_FACTS = 50_000;

/** But not before the graph has grown by this share: a million facts are 350 MB to write. */
const SNAPSHOT_GROWTH = 0.2;

export interface GraphKeeperOptions {
  readonly store: Store;
  readonly graph: Graph;
  /** Records what is still to be recorded: a recorder knows subjects by numbers that forgetting changes. */
  readonly flush: () => void;
  /** The graph has forgotten what ended before; saves that, because it must not disagree with the snapshot. */
  readonly forgotten: (before: Instant) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Keeps the graph: folds in what is recorded, saves it, and lets it forget. What takes long is done
 * in the background, one thing at a time, in pieces of some milliseconds.
 */
export class GraphKeeper {
  readonly #options: GraphKeeperOptions;
  readonly #stopWatching: () => void;
  #snapshotAt: number;
  #work: Promise<void> | null = null;
  /** What was recorded since the graph began to forget. */
  #meanwhile: { readonly stream: StreamName; readonly facts: readonly Fact[] }[] | null = null;
  #isStopped = false;

  constructor(options: GraphKeeperOptions) {
    this.#options = options;
    this.#snapshotAt = options.graph.facts.size;
    this.#stopWatching = options.store.watch((stream, facts) => {
      options.graph.apply(stream, facts);
      this.#meanwhile?.push({ stream, facts });
    });
  }

  /** To be called again and again. */
  saveWhenGrown(): void {
    const news = this.#options.graph.facts.size - this.#snapshotAt;
    if (news < Math.max(SNAPSHOT_EVERY_FACTS, this.#snapshotAt * SNAPSHOT_GROWTH)) return;
    this.#begin(() => this.#save());
  }

  /** Memory holds what reaches beyond `before`; what ended earlier is answered from the streams. */
  forget(before: Instant): void {
    this.#begin(() => this.#forget(before));
  }

  /** Follows no more; resolves when nothing runs in the background. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopWatching();
    await this.#work;
  }

  /** At once, and only when it has stopped. */
  saveLast(): void {
    saveGraph(this.#options.store, this.#options.graph);
  }

  /** What can't begin now is asked for again. */
  #begin(work: () => Promise<void>): void {
    if (this.#work !== null || this.#isStopped) return;
    this.#work = work()
      .catch(this.#options.failed)
      .finally(() => (this.#work = null));
  }

  async #save(): Promise<void> {
    const { store, graph } = this.#options;
    this.#snapshotAt = graph.facts.size;
    await saveGraphInBackground(store, graph);
  }

  async #forget(before: Instant): Promise<void> {
    const { graph, flush, forgotten } = this.#options;
    this.#meanwhile = [];
    try {
      const steps = forgettingPast(graph, before);
      let step = steps.next();
      for (; step.done !== true; step = steps.next()) {
        await setImmediate();
        if (this.#isStopped) return;
      }
      flush();
      for (const { stream, facts } of this.#meanwhile) step.value.apply(stream, facts);
      graph.become(step.value);
    } finally {
      this.#meanwhile = null;
    }
    forgotten(before);
    await this.#save();
  }
}
