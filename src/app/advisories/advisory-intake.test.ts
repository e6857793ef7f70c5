import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { IntakeStep } from '#loops/patch';
import { createAdvisoryIntake } from './advisory-intake.ts';
import { openAdvisories } from './open-advisories.ts';

const NOW = Date.UTC(2026, 10, 22);

const VEX = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://example.org/vex/1',
  author: 'security@example.org',
  timestamp: '2026-01-02T03:04:05Z',
  statements: [
    {
      vulnerability: { name: 'CVE-2026-1' },
      products: [
        {
          '@id': 'pkg:oci/shop',
          hashes: { 'sha-256': 'aa' },
          subcomponents: [{ '@id': 'pkg:deb/debian/openssl' }],
        },
        { '@id': 'pkg:oci/cart', identifiers: { cpe23: 'cpe:2.3:a' } },
      ],
      status: 'not_affected',
      impact_statement: 'never called',
    },
  ],
};

describe('the intake of advisories', () => {
  const parent = mkdtempSync(join(tmpdir(), 'sheer-intake-'));
  after(() => rmSync(parent, { recursive: true, force: true }));
  const directory = join(parent, 'advisories');
  const intake = createAdvisoryIntake({ directory, clock: () => NOW });
  const read = async (place: string, signal = new AbortController().signal): Promise<readonly IntakeStep[]> =>
    Array.fromAsync(intake.read(place, { acceptFewer: false, signal }));
  const stored = (name: string, ...lines: readonly string[]): string => {
    const path = join(parent, name);
    writeFileSync(path, lines.join('\n'));
    return path;
  };
  const record = (id: string): string =>
    JSON.stringify({ id, modified: '2026-01-02T03:04:05Z', aliases: ['CVE-2026-1'] });

  it('puts records into the store, in a thread of its own, and hands on the statements of VEX documents', async () => {
    const reader = openAdvisories(directory);
    const steps = await read(
      stored('a.jsonl', record('A-1'), 'nonsense', JSON.stringify(VEX), record('A-2')),
    );
    const last = steps.at(-1);
    assert.deepEqual(
      [last?.read, last?.changed, last?.refused, last?.problems[0]?.place],
      [4, 2, 1, 'line 2'],
    );
    assert.deepEqual(
      steps.flatMap(({ statements }) => statements.map(({ id, statement }) => ({ id, ...statement }))),
      [
        {
          id: 'security@example.org/https://example.org/vex/1/0',
          vulnerability: 'CVE-2026-1',
          products: ['pkg:oci/shop', 'sha256:aa'],
          components: ['pkg:deb/debian/openssl'],
          status: 'not_affected',
          justification: 'never called',
          author: 'security@example.org',
          at: Date.UTC(2026, 0, 2, 3, 4, 5),
          edition: { version: 0, at: Date.UTC(2026, 0, 2, 3, 4, 5) },
        },
        {
          id: 'security@example.org/https://example.org/vex/1/1',
          vulnerability: 'CVE-2026-1',
          products: ['pkg:oci/cart'],
          components: [],
          status: 'not_affected',
          justification: 'never called',
          author: 'security@example.org',
          at: Date.UTC(2026, 0, 2, 3, 4, 5),
          edition: { version: 0, at: Date.UTC(2026, 0, 2, 3, 4, 5) },
        },
      ],
    );
    const at = Date.UTC(2026, 0, 2, 3, 4, 5);
    assert.deepEqual(
      steps.flatMap(({ documents = [] }) => documents),
      [{ id: 'security@example.org/https://example.org/vex/1', edition: { version: 0, at } }],
    );
    assert.deepEqual(JSON.parse(Buffer.from(steps.at(-1)?.statements[0]?.document ?? []).toString()), VEX);
    assert.deepEqual(
      reader.byId('CVE-2026-1').map(({ advisory }) => advisory.id),
      ['A-1', 'A-2'],
    );
    assert.equal(reader.sources()[0]?.syncedAt, NOW);
    reader.close();
  });

  it('fails as the source does, and the store is as it was', async () => {
    const generation = openAdvisories(directory).generation();
    await assert.rejects(read(join(parent, 'nowhere')), {
      code: 'not-found',
      message: /nowhere is not there/,
    });
    assert.equal(openAdvisories(directory).generation(), generation);
  });

  it('reads one place after the other, and stops when it is told to', async () => {
    const places = ['b.jsonl', 'c.jsonl', 'd.jsonl'].map((name) =>
      stored(name, record(name), record(`${name}2`)),
    );
    await Promise.all(places.map((place) => read(place)));
    const stop = new AbortController();
    const stopped = read(stored('e.jsonl', record('E-1')), stop.signal);
    stop.abort();
    await assert.rejects(stopped);
    const store = openAdvisories(directory);
    assert.deepEqual(
      store.sources().map(({ records }) => records),
      [2, 2, 2, 2],
    );
    assert.deepEqual(store.byId('E-1'), []);
    store.close();
  });
});
