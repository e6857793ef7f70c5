import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { addressId, type AddressData, type NewFact } from '#model';
import { Graph, GRAPH_FORMAT, type HistoryRow, history } from '#graph';
import { openSqliteStore, type Store } from '#store';
import { until } from '../../../test/fakes/until.ts';
import { GraphKeeper } from './graph-keeper.ts';
import { restoreGraph, saveGraphInBackground } from './restore.ts';

const TEAMS = 40;

/** A team that is, an address that it holds, or the end of either; a retraction of what came before. */
const change = fc.record({
  form: fc.constantFrom('assert', 'assert', 'end', 'retract'),
  about: fc.constantFrom('team', 'address'),
  number: fc.nat(TEAMS - 1),
  at: fc.integer({ min: 1, max: 50 }),
});
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

describe('the keeper of the graph', () => {
  let directory: string;
  let store: Store;
  let sequence = 0;

  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'sheer-keeper-'));
    store = openSqliteStore({ directory, clock: Date.now, node: 'n' });
  });
  after(() => {
    store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function record(changes: readonly Change[]): void {
    const facts = changes.map((one) => factOf(one, ++sequence));
    store.append('observations', facts, store.head('observations').position);
  }

  it('saves the graph of one moment, whatever is recorded while it is written', async () => {
    const graph = new Graph();
    const stop = store.watch((stream, facts) => graph.apply(stream, facts));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 60 }), fc.array(change), async (first, meanwhile) => {
        record(first);
        const expected = everything(graph);
        const at = store.head('observations').position;
        const saved = saveGraphInBackground(store, graph);
        for (const one of meanwhile) {
          record([one]);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await saved;
        const snapshot = store.snapshots.read('graph', GRAPH_FORMAT);
        assert.equal(snapshot?.positions.observations, at);
        const restored = Graph.fromParts(snapshot.parts, snapshot.positions);
        assert.ok(restored !== null);
        assert.deepEqual(everything(restored), expected);
        assert.deepEqual(everything(restoreGraph(store)), everything(graph));
      }),
      { numRuns: 40 },
    );
    stop();
  });

  it('lets the graph forget, and loses nothing of what is recorded meanwhile', async () => {
    const graph = restoreGraph(store);
    const past = Array.from({ length: 3000 }, (_, number) => [
      factOf({ form: 'assert', about: 'team', number: TEAMS + number, at: 60 }, ++sequence),
      factOf({ form: 'end', about: 'team', number: TEAMS + number, at: 61 }, ++sequence),
    ]);
    store.append('observations', past.flat(), store.head('observations').position);
    let forgotten = 0;
    const keeper = new GraphKeeper({
      store,
      graph: restoreGraph(store),
      flush: () => record([{ form: 'assert', about: 'team', number: 2, at: 90 }]),
      forgotten: (at) => (forgotten = at),
      failed: (error) => assert.fail(String(error)),
    });
    keeper.forget(80);
    record([{ form: 'assert', about: 'team', number: 1, at: 85 }]);
    await until(() => forgotten === 80);
    await keeper.stop();
    const kept = restoreGraph(store);
    assert.equal(kept.facts.subject('team', `team-${TEAMS}`), -1);
    assert.deepEqual([kept.one('team', 'team-1')?.from, kept.one('team', 'team-2')?.from], [85, 90]);
    assert.equal(kept.positions.observations, store.head('observations').position);
    assert.equal(graph.facts.subject('team', 'team-1') >= 0, true);
  });
});

function factOf({ form, about, number, at }: Change, sequence: number): NewFact {
  const base = {
    recordedAt: at,
    evidence: 'observed',
    source: { id: 'test', node: 'n', sequence },
    validFrom: at,
  } as const;
  const team = { kind: 'team', id: `team-${number}` } as const;
  const address: AddressData = {
    scope: 'host/n',
    ip: `10.0.0.${number % 5}`,
    port: null,
    protocol: null,
    holder: { kind: 'instance', id: `container/${number}` },
  };
  const subject = about === 'team' ? team : ({ kind: 'address', id: addressId(address) } as const);
  if (form === 'retract') return { ...base, kind: 'retract', subject, retracted: Math.max(1, sequence - 3) };
  if (form === 'end') return { ...base, kind: 'end', subject };
  const data = about === 'team' ? { name: team.id, contact: `${at}` } : address;
  return { ...base, kind: 'assert', subject, data };
}

/** All that can be said of every subject, and who held each address when. */
function everything(graph: Graph): unknown {
  const subjects = new Set(Array.from({ length: graph.facts.subjectCount }, (_, subject) => subject));
  const lines: readonly HistoryRow[] = history(graph.facts, subjects);
  const held = Array.from({ length: 5 }, (_, number) => {
    const key = graph.addresses.keyOf('host/n', `10.0.0.${number}`);
    const holders = Array.from({ length: 52 }, (_one, at) => graph.addresses.holderAt(key, at));
    const runs = graph.addresses.runs(key).map(({ id, since, until: end }) => `${since} ${id} ${end}`);
    return [holders, runs.toSorted()];
  });
  return { lines, held };
}
