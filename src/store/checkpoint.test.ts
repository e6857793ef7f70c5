import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as fc from 'fast-check';
import type { Fact, NewFact } from '#model';
import { sequenceKey, StillHolding } from './checkpoint.ts';
import { DAY_MS, NOON, sampleEnd, sampleFact } from './sample-facts.ts';

const END = NOON + DAY_MS;
const NOTHING_RETRACTED: ReadonlySet<string> = new Set();

function about(team: string, fact: NewFact, source = 'sample'): NewFact {
  return { ...fact, subject: { kind: 'team', id: team }, source: { ...fact.source, id: source } };
}

function holding(facts: readonly NewFact[], retracted = NOTHING_RETRACTED): readonly number[] {
  const still = new StillHolding(retracted, END);
  for (const [index, fact] of facts.entries()) still.add({ ...fact, position: index + 1 });
  return still.positions();
}

const rows: readonly (readonly [string, readonly NewFact[], readonly number[]])[] = [
  ['nothing holds in nothing', [], []],
  ['the latest statement holds', [about('a', sampleFact(1)), about('a', sampleFact(2, NOON + 1))], [2]],
  [
    'a late statement about earlier does not',
    [about('a', sampleFact(1, NOON + 1)), about('a', sampleFact(2))],
    [1],
  ],
  [
    'of two about the same moment the later said one holds',
    [about('a', sampleFact(1)), about('a', sampleFact(2))],
    [2],
  ],
  ['an end ends', [about('a', sampleFact(1)), sampleEnd(2, 'a', NOON + 1)], []],
  [
    'an end before it began again does not',
    [about('a', sampleFact(1, NOON + 2)), sampleEnd(2, 'a', NOON + 1)],
    [1],
  ],
  ['another source’s end does not', [about('a', sampleFact(1), 'other'), sampleEnd(2, 'a', NOON + 1)], [1]],
  ['what ended by itself is over', [about('a', { ...sampleFact(1), validUntil: END } as NewFact)], []],
  [
    'what ends by itself later holds',
    [about('a', { ...sampleFact(1), validUntil: END + 1 } as NewFact)],
    [1],
  ],
];
for (const [title, facts, positions] of rows) {
  it(title, () => assert.deepEqual(holding(facts), positions));
}

it('what never held does not hide what held before', () => {
  const facts = [about('a', sampleFact(1)), about('a', sampleFact(2, NOON + 1))];
  const [, second] = facts;
  assert.ok(second);
  assert.deepEqual(holding(facts, new Set([sequenceKey(second.source, 2)])), [1]);
});

it('dropping day by day leaves what dropping at once leaves', () => {
  const choice = fc.record({ team: fc.nat(4), minute: fc.nat(20), isEnd: fc.boolean() });
  fc.assert(
    fc.property(fc.array(choice, { maxLength: 40 }), fc.nat(40), (choices, cut) => {
      const facts = choices.map(({ team, minute, isEnd }, index): Fact => {
        const at = NOON + minute;
        const statement = isEnd ? sampleEnd(index, `t${team}`, at) : about(`t${team}`, sampleFact(index, at));
        return { ...statement, position: index + 1 };
      });
      const kept = keep(facts);
      const keptTwice = keep([...keep(facts.slice(0, cut)), ...facts.slice(cut)]);
      // An early end that was dropped cannot end a late statement about before it.
      assert.ok(kept.every((fact) => keptTwice.includes(fact)));
    }),
  );
});

function keep(facts: readonly Fact[]): readonly Fact[] {
  const still = new StillHolding(NOTHING_RETRACTED, END);
  for (const fact of facts) still.add(fact);
  const positions = new Set(still.positions());
  return facts.filter((fact) => positions.has(fact.position));
}
