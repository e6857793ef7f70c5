import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Fact, TeamData } from '#model';
import { FactTable } from './fact-table.ts';
import { current, LATEST, runStatements, statement, statements } from './statements.ts';

const SUBJECTS = ['payments', 'shop', 'search'];
const SOURCES = ['a', 'b'];

const team = (name: string): TeamData => ({ name, contact: null });

interface Line {
  readonly form: 'assert' | 'end' | 'retract';
  readonly subject: string;
  readonly source: string;
  readonly validFrom: number;
  readonly length: number | null;
  readonly back: number;
}

/** Facts as sources number them: the place in the list is the sequence of its source. */
function facts(lines: readonly Line[]): readonly Fact[] {
  const subjects = new Map<string, string>();
  return lines.map((line, index): Fact => {
    const sequence = index + 1;
    const retracted = Math.max(1, sequence - line.back);
    // A retraction names a fact of the same subject and source: the store refuses others.
    const known = subjects.get(`${line.source} ${retracted}`) ?? line.subject;
    subjects.set(`${line.source} ${sequence}`, line.subject);
    const base = {
      position: sequence,
      recordedAt: sequence,
      evidence: 'observed',
      source: { id: line.source, node: 'n', sequence },
      subject: { kind: 'team', id: line.form === 'retract' ? known : line.subject },
      validFrom: line.validFrom,
    } as const;
    if (line.form === 'retract') return { ...base, kind: 'retract', retracted };
    if (line.form === 'end')
      return { ...base, kind: 'end', slack: { lastSeen: line.validFrom - 1, firstMissing: line.validFrom } };
    return {
      ...base,
      kind: 'assert',
      subject: { kind: 'team', id: line.subject },
      data: team(`v${sequence}`),
      ...(line.length === null ? {} : { validUntil: line.validFrom + line.length }),
    };
  });
}

const line = fc.record({
  form: fc.constantFrom<Line['form']>('assert', 'assert', 'assert', 'end', 'retract'),
  subject: fc.constantFrom(...SUBJECTS),
  source: fc.constantFrom(...SOURCES),
  validFrom: fc.integer({ min: 1, max: 30 }),
  length: fc.option(fc.integer({ min: 1, max: 10 })),
  back: fc.integer({ min: 1, max: 8 }),
});

function fold(list: readonly Fact[]): FactTable {
  const table = new FactTable();
  for (const fact of list) table.apply('observations', fact);
  return table;
}

/** Everything that can be asked of a table about the generator's subjects. */
function answers(table: FactTable): unknown {
  return SUBJECTS.map((id) => {
    const subject = table.subject('team', id);
    if (subject < 0) return [];
    const moments = Array.from({ length: 45 }, (_, at) =>
      statements<'team'>(table, subject, at).map(described),
    );
    const every = [...runStatements<'team'>(table, subject)].map(described).toSorted();
    return { moments, every, latest: statements<'team'>(table, subject, LATEST).map(described) };
  });
}

const described = (said: NonNullable<ReturnType<typeof statement<'team'>>>): string =>
  `${said.source} ${said.data.name} ${said.from} ${said.since} ${said.until} ${said.slack?.lastSeen ?? ''}`;

describe('the fold', () => {
  it('gives the same graph in whatever order facts arrive', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 25 }), fc.infiniteStream(fc.nat()), (lines, random) => {
        const ordered = facts(lines);
        const shuffled = ordered
          .map((fact) => ({ fact, key: random.next().value }))
          .toSorted((left, right) => left.key - right.key)
          .map(({ fact }) => fact);
        assert.deepEqual(answers(fold(shuffled)), answers(fold(ordered)));
      }),
      { numRuns: 300 },
    );
  });

  it('does not change when a fact is delivered twice', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const once = facts(lines);
        assert.deepEqual(answers(fold([...once, ...once])), answers(fold(once)));
      }),
    );
  });

  it('is the same after a snapshot is written and read', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.array(line, { maxLength: 5 }), (before, after) => {
        const all = facts([...before, ...after]);
        const table = fold(all.slice(0, before.length));
        const parts = table.parts();
        for (const fact of all.slice(before.length)) table.apply('observations', fact);
        // What came after the parts were taken is not in them, although they are written only now.
        const restored = FactTable.fromParts(parts.map((part) => part.slice()));
        assert.deepEqual(answers(restored), answers(fold(all.slice(0, before.length))));
        for (const fact of all.slice(before.length)) restored.apply('observations', fact);
        assert.deepEqual(answers(restored), answers(fold(all)));
      }),
    );
  });

  it('agrees with a reading of the definition, moment by moment', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 25 }), (lines) => {
        const list = facts(lines);
        const table = fold(list);
        for (const id of SUBJECTS) {
          for (let at = 0; at < 45; at++) {
            const subject = table.subject('team', id);
            const said =
              subject < 0 ? [] : statements<'team'>(table, subject, at).map((one) => one.data.name);
            assert.deepEqual(
              said,
              SOURCES.flatMap((source) => oracle(list, id, source, at)),
              `${id} at ${at}`,
            );
          }
        }
      }),
    );
  });

  it('knows what a source says now, and nothing after its end', () => {
    const [start, stop] = facts([
      { form: 'assert', subject: 'shop', source: 'a', validFrom: 5, length: null, back: 1 },
      { form: 'end', subject: 'shop', source: 'a', validFrom: 9, length: null, back: 1 },
    ]);
    assert.ok(start !== undefined && stop !== undefined);
    const table = fold([start]);
    assert.equal(current(table, 'team', 'shop', 'a@n')?.data.name, 'v1');
    table.apply('observations', stop);
    assert.equal(current(table, 'team', 'shop', 'a@n'), null);
    assert.deepEqual(statement(table, table.subject('team', 'shop'), 7)?.slack, {
      lastSeen: 8,
      firstMissing: 9,
    });
  });
});

/** The newest unretracted fact of the source not later than `at`, by (validFrom, sequence), if it is an assert that reaches `at`. */
function oracle(list: readonly Fact[], id: string, source: string, at: number): readonly string[] {
  const mine = list.filter((fact) => fact.source.id === source);
  const retracted = new Set(mine.flatMap((fact) => (fact.kind === 'retract' ? [fact.retracted] : [])));
  const newest = mine
    .filter(
      (fact) => fact.subject.id === id && fact.kind !== 'retract' && !retracted.has(fact.source.sequence),
    )
    .filter((fact) => fact.validFrom <= at)
    .toSorted(
      (left, right) => left.validFrom - right.validFrom || left.source.sequence - right.source.sequence,
    )
    .at(-1);
  if (newest?.kind !== 'assert' || at >= (newest.validUntil ?? Number.POSITIVE_INFINITY)) return [];
  return ['name' in newest.data && typeof newest.data.name === 'string' ? newest.data.name : ''];
}
