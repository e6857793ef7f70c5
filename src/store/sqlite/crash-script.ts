import { createHash } from 'node:crypto';
import { DAY_MS, NOON, sampleFacts, sampleFlow } from '../sample-facts.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './open.ts';

/** What the crash tests do to a store, step by step; each step is one durable change. */
export type CrashStep = (store: Store) => void;

const SNAPSHOT_BYTES = 5000;

/** One round touches every kind of write that the store has. */
export function crashSteps(rounds: number): readonly CrashStep[] {
  return Array.from({ length: rounds }, (_, round) => roundOf(round)).flat();
}

export function openCrashStore(directory: string): Store {
  return openSqliteStore({ directory, clock: () => NOON + 99 * DAY_MS, node: 'node-1' });
}

/** Everything that can be seen of a store, in one text. */
export function fingerprint(store: Store): string {
  const content = (round: number): boolean => store.content.get(contentDigest(round)) !== null;
  return JSON.stringify({
    audit: [store.verify('audit'), [...store.read('audit', 0)].flat()],
    observations: [store.verify('observations'), [...store.replay('observations', 0)].flat()],
    segments: store.segments(),
    flows: [...store.measurements.flows(0, Number.MAX_SAFE_INTEGER)].flat(),
    progress: store.measurements.importProgress('import:log'),
    snapshot: store.snapshots.read('graph')?.parts.map((part) => [part.length, part[0], part.at(-1)]),
    content: Array.from({ length: 20 }, (_, round) => content(round)),
  });
}

function roundOf(round: number): readonly CrashStep[] {
  const at = NOON + round * DAY_MS;
  const sequence = round * 10 + 1;
  return [
    (store) =>
      void store.append('observations', sampleFacts(sequence, 3, at), store.head('observations').position),
    (store) => void store.append('audit', sampleFacts(sequence, 2, at), store.head('audit').position),
    (store) =>
      store.measurements.addFlows([sampleFlow({ bytes: round }), sampleFlow({ serverPort: round })], {
        id: 'import:log',
        offset: round * 1000,
        state: '{}',
      }),
    (store) =>
      store.snapshots.write('graph', {
        version: 1,
        positions: { audit: store.head('audit').position, observations: store.head('observations').position },
        parts: [new Uint8Array(SNAPSHOT_BYTES).fill(round + 1)],
      }),
    (store) => void store.content.put(contentOf(round)),
    (store) => void store.seal(at + DAY_MS),
    (store) => void store.dropSegments(at),
    (store) => void store.measurements.dropFlows(NOON - DAY_MS),
  ];
}

function contentOf(round: number): Uint8Array {
  return Buffer.from(`content ${round}`);
}

function contentDigest(round: number): string {
  return `sha256:${createHash('sha256').update(contentOf(round)).digest('hex')}`;
}
