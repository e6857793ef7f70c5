import type { Instant } from '#model';
import { Graph, Locator, Names } from '#graph';
import type { Store } from '#store';
import type { View } from './answers/view.ts';

/** A graph of all that is retained is large: it goes when nobody has asked for so long. */
const FORGET_AFTER_MS = 60_000;

/**
 * Answers for moments before the window that is in memory: the streams folded once more, from their
 * beginning. Takes about 5 s for a million facts, the first time that somebody asks.
 */
export class Archive {
  readonly #store: Store;
  readonly #view: View;
  /** Memory holds everything from here on; minus infinity: everything there is. */
  windowStart: Instant;
  #opened: View | null = null;
  #forget: NodeJS.Timeout | null = null;

  constructor(store: Store, view: View, windowStart: Instant) {
    this.#store = store;
    this.#view = view;
    this.windowStart = windowStart;
  }

  /** What to answer from: what is in memory, or for earlier moments all that is retained. */
  viewAt(at: Instant | null): View {
    return at === null || at >= this.windowStart ? this.#view : this.#open();
  }

  /** All that is retained: for a subject's whole past. */
  whole(): View {
    return this.windowStart === Number.NEGATIVE_INFINITY ? this.#view : this.#open();
  }

  close(): void {
    if (this.#forget !== null) clearTimeout(this.#forget);
    this.#opened = null;
  }

  #open(): View {
    if (this.#forget !== null) clearTimeout(this.#forget);
    this.#forget = setTimeout(() => this.close(), FORGET_AFTER_MS).unref();
    this.#opened ??= this.#read();
    return this.#opened;
  }

  #read(): View {
    const graph = new Graph();
    for (const stream of ['audit', 'observations'] as const) {
      for (const facts of this.#store.read(stream, 0)) graph.apply(stream, facts);
    }
    const names = new Names(graph);
    const { node, clock } = this.#view;
    const retainedSince = (): Instant => startOf(this.#store.segments()[0]?.day);
    const locator = new Locator({
      graph,
      node,
      externals: names.external,
      settledUntil: clock,
      retainedSince,
    });
    return { ...this.#view, graph, names, locator };
  }
}

/** A UTC day's first moment; nothing was ever dropped where there is no segment. */
const startOf = (day: string | undefined): Instant =>
  day === undefined ? Number.NEGATIVE_INFINITY : Date.parse(`${day}T00:00:00Z`);
