import type { Instant } from '#model';
import { Graph, GRAPH_FORMAT } from '#graph';
import type { Snapshot, Store } from '#store';

const GRAPH_SNAPSHOT = 'graph';
const FEEDS_SNAPSHOT = 'feeds';
const FEEDS_FORMAT = 2;

/** The graph as it was at the last snapshot, and every fact since; without a snapshot by replaying all, verified. */
export function restoreGraph(store: Store): Graph {
  const snapshot = store.snapshots.read(GRAPH_SNAPSHOT, GRAPH_FORMAT);
  const graph =
    (snapshot === null ? null : Graph.fromParts(snapshot.parts, snapshot.positions)) ?? new Graph();
  for (const stream of ['audit', 'observations'] as const) {
    for (const facts of store.replayStored(stream, graph.positions[stream])) graph.apply(stream, facts);
  }
  return graph;
}

export function saveGraph(store: Store, graph: Graph): void {
  store.snapshots.write(GRAPH_SNAPSHOT, snapshotOf(graph));
}

/** As the graph is now, although it goes on while it is written. */
export function saveGraphInBackground(store: Store, graph: Graph): Promise<void> {
  return store.snapshots.writeInBackground(GRAPH_SNAPSHOT, snapshotOf(graph));
}

function snapshotOf(graph: Graph): Snapshot {
  return { version: GRAPH_FORMAT, positions: { ...graph.positions }, parts: graph.parts() };
}

/** What a control plane knew of its feeds and of its memory when it was last alive. */
export interface LastLife {
  /** Up to when each feed had reported: what ended after that ended in a gap. */
  readonly watermarks: ReadonlyMap<string, Instant>;
  /** Memory held everything from here on. */
  readonly windowStart: Instant;
}

/** Of a first start nothing is known, and nothing has been forgotten. */
export function restoreLastLife(store: Store): LastLife {
  const part = store.snapshots.read(FEEDS_SNAPSHOT, FEEDS_FORMAT)?.parts[0];
  if (part === undefined) return { watermarks: new Map(), windowStart: Number.NEGATIVE_INFINITY };
  // Written by `saveLife`.
  const { watermarks, windowStart } = JSON.parse(Buffer.from(part).toString()) as {
    readonly watermarks: readonly (readonly [string, Instant])[];
    readonly windowStart: Instant | null;
  };
  return { watermarks: new Map(watermarks), windowStart: windowStart ?? Number.NEGATIVE_INFINITY };
}

/** To be called before a graph that has forgotten its past is saved: the two must not disagree. */
export function saveLife(
  store: Store,
  feeds: ReadonlyMap<string, { readonly watermark: Instant }>,
  windowStart: Instant,
): void {
  const watermarks = [...feeds]
    .filter(([, feed]) => Number.isFinite(feed.watermark))
    .map(([id, feed]) => [id, feed.watermark]);
  const snapshot: Snapshot = {
    version: FEEDS_FORMAT,
    positions: { audit: store.head('audit').position, observations: store.head('observations').position },
    // JSON writes minus infinity as null.
    parts: [Buffer.from(JSON.stringify({ watermarks, windowStart }))],
  };
  store.snapshots.write(FEEDS_SNAPSHOT, snapshot);
}
