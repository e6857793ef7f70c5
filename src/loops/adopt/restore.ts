import type { Instant } from '#model';
import { Graph, GRAPH_FORMAT } from '#graph';
import type { Snapshot, Store } from '#store';

const GRAPH_SNAPSHOT = 'graph';
const FEEDS_SNAPSHOT = 'feeds';
const FEEDS_FORMAT = 1;

/** The graph as it was at the last snapshot, and every fact since; without a snapshot by replaying all, verified. */
export function restoreGraph(store: Store): Graph {
  const snapshot = store.snapshots.read(GRAPH_SNAPSHOT, GRAPH_FORMAT);
  const graph =
    (snapshot === null ? null : Graph.fromParts(snapshot.parts, snapshot.positions)) ?? new Graph();
  for (const stream of ['audit', 'observations'] as const) {
    for (const facts of store.replay(stream, graph.positions[stream])) graph.apply(stream, facts);
  }
  return graph;
}

export function saveGraph(store: Store, graph: Graph): void {
  store.snapshots.write(GRAPH_SNAPSHOT, {
    version: GRAPH_FORMAT,
    positions: { ...graph.positions },
    parts: graph.parts(),
  });
}

/**
 * Up to when each feed had reported when the control plane was last alive: what ended after that
 * ended in a gap. Missing (a first start): empty.
 */
export function restoreWatermarks(store: Store): ReadonlyMap<string, Instant> {
  const part = store.snapshots.read(FEEDS_SNAPSHOT, FEEDS_FORMAT)?.parts[0];
  // Written by `saveWatermarks`.
  return new Map(part === undefined ? [] : (JSON.parse(Buffer.from(part).toString()) as [string, Instant][]));
}

export function saveWatermarks(
  store: Store,
  watermarks: ReadonlyMap<string, { readonly watermark: Instant }>,
): void {
  const entries = [...watermarks]
    .filter(([, feed]) => Number.isFinite(feed.watermark))
    .map(([id, feed]) => [id, feed.watermark]);
  const snapshot: Snapshot = {
    version: FEEDS_FORMAT,
    positions: { audit: store.head('audit').position, observations: store.head('observations').position },
    parts: [Buffer.from(JSON.stringify(entries))],
  };
  store.snapshots.write(FEEDS_SNAPSHOT, snapshot);
}
