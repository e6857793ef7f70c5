import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Fact } from '#model';
import { FactBuilder, NETWORK } from './fact-builder.fixture.ts';
import { Graph } from './graph.ts';
import { LATEST, statements } from './statements.ts';
import { forgettingPast } from './window.ts';

const NAMES = ['a', 'b', 'c'];

const change = fc.record({
  name: fc.constantFrom(...NAMES),
  form: fc.constantFrom('assert', 'assert', 'end'),
  at: fc.integer({ min: 1, max: 40 }),
});

function graphOf(changes: readonly { name: string; form: string; at: number }[]): Graph {
  const said = new FactBuilder();
  const graph = new Graph();
  const facts = changes.flatMap(({ name, form, at }): readonly Fact[] =>
    form === 'assert'
      ? [said.instance(name, at, { pid: at }), said.address('10.88.0.2', name, at)]
      : [
          said.end('instance', name, at),
          said.addressEnd('10.88.0.2', name, at, { lastSeen: at - 1, firstMissing: at }),
        ],
  );
  graph.apply('observations', facts);
  return graph;
}

/** What can be said of every moment from `from` on. */
function answers(graph: Graph, from: number): unknown {
  const moments = [...Array.from({ length: 50 - from }, (_, index) => from + index), LATEST];
  return moments.map((at) => {
    const key = graph.addresses.keyOf(NETWORK, '10.88.0.2');
    const holders = graph.addresses
      .holdings(key, at)
      .map((one) => `${one.statement.data.holder.id} ${one.uncertain}`);
    const instances = NAMES.map((name) => {
      const subject = graph.facts.subject('instance', name);
      if (subject < 0) return [];
      return statements<'instance'>(graph.facts, subject, at).map((one) => [
        one.data.pid,
        one.from,
        one.until,
        one.slack,
      ]);
    });
    return { holders: holders.toSorted(), instances };
  });
}

function withoutPast(graph: Graph, before: number): Graph {
  const steps = forgettingPast(graph, before);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

describe('a graph without the past', () => {
  it('answers for its window as it did before', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.integer({ min: 1, max: 45 }), (changes, before) => {
        const whole = graphOf(changes);
        assert.deepEqual(answers(withoutPast(whole, before), before), answers(whole, before));
      }),
      { numRuns: 400 },
    );
  });

  it('forgets what ended before, and goes on numbering where it was', () => {
    const graph = graphOf([
      { name: 'a', form: 'assert', at: 1 },
      { name: 'a', form: 'end', at: 5 },
      { name: 'b', form: 'assert', at: 8 },
    ]);
    const kept = withoutPast(graph, 10);
    assert.equal(kept.facts.size, 2);
    assert.equal(kept.facts.sequenceOf('podman@n'), 6);
    assert.deepEqual(kept.positions, graph.positions);
  });

  it('pauses; what comes meanwhile may be folded into both', () => {
    const said = new FactBuilder();
    const facts = Array.from({ length: 2500 }, (_, index) => said.instance(`i${index}`, index + 1));
    const graph = new Graph();
    graph.apply('observations', facts);
    const steps = forgettingPast(graph, 1200);
    assert.equal(steps.next().done, false);
    const meanwhile = [said.end('instance', 'i3', 3000), said.end('instance', 'i2400', 3000)];
    graph.apply('observations', meanwhile);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    step.value.apply('observations', meanwhile);
    const alive = (one: Graph): number => [...one.all('instance', LATEST)].length;
    assert.deepEqual([alive(step.value), alive(graph)], [2498, 2498]);
    assert.deepEqual(step.value.positions, graph.positions);
  });
});
