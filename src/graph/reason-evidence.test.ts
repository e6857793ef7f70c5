import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FactBuilder, liveSource } from './fact-builder.fixture.ts';
import { Graph } from './graph.ts';
import { ReasonEvidence } from './reason-evidence.ts';

it('what says why an address has no name grows with the graph, and begins anew with another', () => {
  const said = new FactBuilder();
  const graph = new Graph();
  const evidence = new ReasonEvidence(graph);
  const sources = (): readonly string[] => evidence.sources(50).map(({ id }) => id);
  graph.apply('observations', [said.instance('a', 10), said.assert('source', 'podman', 10, liveSource)]);
  assert.deepEqual([sources(), evidence.hadAddressless(50)], [['podman'], false]);

  const missing = { addressMissing: 'gone before it could be read' };
  graph.apply('observations', [said.instance('b', 20, missing), said.instance('b', 40)]);
  assert.equal(evidence.hadAddressless(15), false);
  assert.equal(evidence.hadAddressless(30), true);
  assert.equal(evidence.hadAddressless(50), false, 'its address was read later');

  graph.become(new Graph());
  assert.deepEqual([sources(), evidence.hadAddressless(30)], [[], false]);
});
