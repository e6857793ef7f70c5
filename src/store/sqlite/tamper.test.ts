import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { chainHash, payloadHash } from '../chain.ts';
import { DAY_MS, NOON, sampleEnd, sampleFact, sampleFacts } from '../sample-facts.ts';
import type { Head, StreamName, Verification } from '../store.ts';
import { openSqliteStore } from './open.ts';

const RECORDS = 12;
const RUNS = 60;

type Found = readonly [position: number, problem: string] | 'ok';

const open = (directory: string) =>
  openSqliteStore({ directory, clock: () => NOON + 9 * DAY_MS, node: 'node-1' });

describe('verification finds what was done to the file', () => {
  const root = mkdtempSync(join(tmpdir(), 'sheer-tamper-'));
  let head: Head;

  before(() => {
    const store = open(join(root, 'original'));
    head = store.append('audit', sampleFacts(1, RECORDS), 0);
    store.close();
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  function verifyAfter(change: (database: DatabaseSync) => void, expected?: Head): Found {
    return tampered(root, 'audit', change, expected);
  }

  const position = fc.integer({ min: 1, max: RECORDS });

  it('nothing, when nothing was done', () => {
    assert.equal(
      verifyAfter(() => {}, head),
      'ok',
    );
  });

  it('an edited payload', () => {
    fc.assert(
      fc.property(position, fc.string({ minLength: 1 }), fc.nat(), (at, text, where) => {
        const found = verifyAfter((database) => {
          const { payload } = row(database, at);
          const cut = where % payload.length;
          set(database, at, { payload: payload.slice(0, cut) + text + payload.slice(cut) });
        });
        assert.deepEqual(found, [at, 'edited']);
      }),
      { numRuns: RUNS },
    );
  });

  it('a payload of another type, or with the same bytes in another case', () => {
    fc.assert(
      fc.property(position, fc.constantFrom('upper(payload)', "''", "payload || ' '"), (at, expression) => {
        const found = verifyAfter((database) =>
          database.exec(`UPDATE audit SET payload = ${expression} WHERE position = ${at}`),
        );
        assert.deepEqual(found, [at, 'edited']);
      }),
      { numRuns: RUNS },
    );
  });

  it('an edited hash', () => {
    fc.assert(
      fc.property(position, fc.constantFrom('', 'x', '0'.repeat(64)), (at, hash) => {
        assert.deepEqual(
          verifyAfter((database) => set(database, at, { hash })),
          [at, 'edited'],
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('an edited record whose own hash was made to fit: at the next one, or by the noted head', () => {
    fc.assert(
      fc.property(position, (at) => {
        const found = verifyAfter((database) => {
          const payload = JSON.stringify(sampleFact(at + 100));
          const previous = at === 1 ? '0'.repeat(64) : row(database, at - 1).hash;
          set(database, at, { payload, hash: chainHash(previous, at, payloadHash(payload)) });
        }, head);
        assert.deepEqual(found, [Math.min(at + 1, RECORDS), 'edited']);
      }),
      { numRuns: RUNS },
    );
  });

  it('a chain that was recomputed to its end, by the noted head', () => {
    fc.assert(
      fc.property(position, (at) => {
        const found = verifyAfter((database) => rewriteFrom(database, at), head);
        assert.deepEqual(found, [RECORDS, 'edited']);
      }),
      { numRuns: RUNS },
    );
  });

  it('a record that was taken out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: RECORDS - 1 }), (at) => {
        const found = verifyAfter((database) => database.exec(`DELETE FROM audit WHERE position = ${at}`));
        assert.deepEqual(found, [at, 'missing']);
      }),
      { numRuns: RUNS },
    );
  });

  it('records that were taken out, those behind moved up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: RECORDS - 4 }), fc.integer({ min: 1, max: 2 }), (at, count) => {
        const found = verifyAfter((database) => {
          database.exec(`DELETE FROM audit WHERE position >= ${at} AND position < ${at + count}`);
          database.exec(`UPDATE audit SET position = position - ${count} WHERE position > ${at}`);
        });
        assert.deepEqual(found, [at, 'missing']);
      }),
      { numRuns: RUNS },
    );
  });

  it('two records that changed places, whole or only their payloads', () => {
    const pair = fc.uniqueArray(position, { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(pair, fc.boolean(), ([left = 1, right = 2], isWhole) => {
        const found = verifyAfter((database) => {
          const [first, second] = [row(database, left), row(database, right)];
          set(database, left, isWhole ? second : { payload: second.payload });
          set(database, right, isWhole ? first : { payload: first.payload });
        });
        assert.deepEqual(found, [Math.min(left, right), 'reordered']);
      }),
      { numRuns: RUNS },
    );
  });

  it('a record that was put in, those behind moved down', () => {
    fc.assert(
      fc.property(position, (at) => {
        const found = verifyAfter((database) => {
          database.exec(`UPDATE audit SET position = -position - 1 WHERE position >= ${at}`);
          database.exec('UPDATE audit SET position = -position WHERE position < 0');
          const forged = JSON.stringify(sampleFact(at + 100));
          database
            .prepare('INSERT INTO audit (position, payload, hash) VALUES (?, ?, ?)')
            .run(at, forged, 'ff'.repeat(32));
        });
        assert.ok(found !== 'ok' && found[0] === at, JSON.stringify(found));
      }),
      { numRuns: RUNS },
    );
  });

  it('a tail that was cut off, by the noted head', () => {
    fc.assert(
      fc.property(position, (at) => {
        const cut = (database: DatabaseSync): void =>
          database.exec(`DELETE FROM audit WHERE position >= ${at}`);
        assert.deepEqual(verifyAfter(cut, head), [at, 'truncated']);
        assert.equal(verifyAfter(cut), 'ok');
      }),
      { numRuns: RUNS },
    );
  });

  it('a payload that was removed without its hash, or whose hash was edited', () => {
    const changes = [
      'payload = NULL',
      `payload = NULL, payload_hash = '${'0'.repeat(64)}'`,
      `payload_hash = '${'0'.repeat(64)}'`,
    ];
    fc.assert(
      fc.property(position, fc.constantFrom(...changes), (at, change) => {
        const found = verifyAfter((database) =>
          database.exec(`UPDATE audit SET ${change} WHERE position = ${at}`),
        );
        assert.deepEqual(found, [at, 'edited']);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('verification of observations rests on the audit', () => {
  const root = mkdtempSync(join(tmpdir(), 'sheer-tamper-'));

  before(() => {
    const store = open(join(root, 'original'));
    const ended = [sampleFact(0), sampleFact(1), sampleEnd(2, 'team-1', NOON), sampleFact(3)];
    store.append('observations', ended, 0);
    store.append('observations', sampleFacts(4, 4, NOON + DAY_MS), 4);
    store.append('observations', sampleFacts(8, 4, NOON + 2 * DAY_MS), 8);
    store.seal(NOON + 3 * DAY_MS);
    store.dropSegments(NOON + DAY_MS);
    store.close();
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  const rows: readonly (readonly [string, string, Found])[] = [
    ['nothing', 'SELECT 1', 'ok'],
    ['a sealed tail that was cut off', 'DELETE FROM observations WHERE position > 10', [11, 'truncated']],
    ['a retained record that is missing', 'DELETE FROM observations WHERE position = 6', [6, 'missing']],
    [
      'a record that was carried over and is missing',
      'DELETE FROM observations WHERE position = 4',
      [2, 'missing'],
    ],
    [
      'a record that was carried over and edited',
      "UPDATE observations SET payload = '{}' WHERE position = 4",
      [4, 'edited'],
    ],
    ['all carried over ones missing', 'DELETE FROM observations WHERE position < 5', [1, 'missing']],
    ['segments that were forgotten', 'DELETE FROM segments', 'ok'],
    ['segments that were edited', "UPDATE segments SET hash = 'x', last_position = 3", 'ok'],
    ['an audit that no longer knows of the drop', 'DELETE FROM audit WHERE position = 4', [2, 'missing']],
  ];
  for (const [what, sql, expected] of rows) {
    it(`finds ${what}`, () => {
      assert.deepEqual(
        tampered(root, 'observations', (database) => database.exec(sql)),
        expected,
      );
    });
  }

  it('finds a day that was written anew, by its seal', () => {
    const found = tampered(root, 'observations', (database) => rewriteFrom(database, 6, 'observations'));
    assert.deepEqual(found, [8, 'edited']);
  });

  it('refuses to drop a day that does not verify', () => {
    const copy = join(root, 'refused');
    cpSync(join(root, 'original'), copy, { recursive: true });
    edit(copy, (database) => database.exec("UPDATE observations SET payload = '{}' WHERE position = 6"));
    const store = open(copy);
    assert.throws(() => store.dropSegments(NOON + 2 * DAY_MS), { code: 'record-broken' });
    assert.throws(() => [...store.replay('observations', 0)], { code: 'record-broken' });
    assert.equal(store.segments().length, 2);
    store.close();
  });
});

function tampered(
  root: string,
  stream: StreamName,
  tamper: (database: DatabaseSync) => void,
  expected?: Head,
): Found {
  const copy = join(root, 'copy');
  rmSync(copy, { recursive: true, force: true });
  cpSync(join(root, 'original'), copy, { recursive: true });
  edit(copy, tamper);
  const store = open(copy);
  try {
    return shortly(store.verify(stream, expected));
  } finally {
    store.close();
  }
}

function edit(directory: string, tamper: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(directory, 'state.sqlite'));
  tamper(database);
  database.close();
}

function shortly(verification: Verification): Found {
  return verification.ok ? 'ok' : [verification.position, verification.problem];
}

interface Row {
  readonly payload: string;
  readonly hash: string;
}

function row(database: DatabaseSync, position: number): Row {
  const found = database.prepare('SELECT payload, hash FROM audit WHERE position = ?').get(position);
  return { payload: String(found?.['payload']), hash: String(found?.['hash']) };
}

function set(database: DatabaseSync, position: number, values: Partial<Row>): void {
  database
    .prepare('UPDATE audit SET payload = coalesce(?, payload), hash = coalesce(?, hash) WHERE position = ?')
    .run(values.payload ?? null, values.hash ?? null, position);
}

/** What someone does who knows how records are chained. */
function rewriteFrom(database: DatabaseSync, position: number, stream: StreamName = 'audit'): void {
  const rows = database.prepare(
    `SELECT position, payload, hash FROM ${stream} WHERE position >= ? ORDER BY position`,
  );
  let previous = String(
    database.prepare(`SELECT hash FROM ${stream} WHERE position = ?`).get(position - 1)?.['hash'] ??
      '0'.repeat(64),
  );
  for (const { position: at, payload } of rows.all(position)) {
    const text = at === position ? JSON.stringify(sampleFact(777)) : String(payload);
    previous = chainHash(previous, Number(at), payloadHash(text));
    database
      .prepare(`UPDATE ${stream} SET payload = ?, hash = ? WHERE position = ?`)
      .run(text, previous, at ?? 0);
  }
}
