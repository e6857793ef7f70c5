import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { SheerError } from '#model';
import { baseScore } from './cvss/base-score.ts';
import { parseVexDocument } from './openvex/parse-vex-document.ts';
import { parseAdvisory } from './osv/parse-advisory.ts';
import { readPlace, record, temporaryDirectory, zipOf } from './sources/advisory-files.fixture.ts';

const RUNS = 20_000;
const FILE_RUNS = 3000;

const ADVISORY = {
  id: 'A-1',
  modified: '2026-01-02T03:04:05Z',
  withdrawn: null,
  aliases: ['B-1'],
  upstream: ['C-1'],
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'a' },
      severity: [{ type: 'Ubuntu', score: 'low' }],
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1' }, { limit: '*' }] }],
      versions: ['1'],
      database_specific: { severity: 'LOW' },
    },
  ],
  database_specific: { severity: 'HIGH' },
};

const VEX = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'a',
  author: 'b',
  timestamp: '2026-01-02T03:04:05Z',
  statements: [
    {
      vulnerability: { name: 'A-1', aliases: ['B-1'] },
      products: [
        {
          '@id': 'pkg:npm/a',
          identifiers: { purl: 'c' },
          hashes: { 'sha-256': 'd' },
          subcomponents: [{ '@id': 'e' }],
        },
      ],
      status: 'not_affected',
      justification: 'component_not_present',
    },
  ],
};

/** The same document with something else in one place of it. */
function changed(document: unknown, place: number, by: unknown): unknown {
  let at = 0;
  const walk = (value: unknown): unknown => {
    if (at++ === place) return by;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, walk(member)]));
  };
  return walk(document);
}

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('__proto__', 'constructor', '', '\0', '0', '*', -1, 1e308, [], {}, [[]], [null]),
);

describe('hostile input', () => {
  for (const [name, document, parse] of [
    ['an advisory', ADVISORY, parseAdvisory],
    ['a VEX document', VEX, parseVexDocument],
  ] as const) {
    it(`in any place of ${name}: it is read or refused, and never fails`, () => {
      fc.assert(
        fc.property(fc.nat(60), anything, (place, by) => {
          const reading = parse(Buffer.from(JSON.stringify(changed(document, place, by)) ?? ''));
          if (reading.kind === 'refused') assert.ok(reading.problems.length > 0);
        }),
        { numRuns: RUNS },
      );
    });

    it(`as other bytes of ${name}: it is read or refused, and never fails`, () => {
      const bytes = Buffer.from(JSON.stringify(document));
      fc.assert(
        fc.property(
          fc.nat(bytes.length - 1),
          fc.uint8Array({ maxLength: 4 }),
          fc.nat(8),
          (at, by, without) => {
            parse(Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + without)]));
          },
        ),
        { numRuns: RUNS },
      );
    });
  }

  it('as a vector of CVSS: it has a score of 0 to 10, or is none', () => {
    const part = fc.tuple(
      fc.constantFrom(
        'AV',
        'AC',
        'AT',
        'Au',
        'PR',
        'UI',
        'S',
        'C',
        'I',
        'A',
        'VC',
        'VI',
        'VA',
        'SC',
        'SI',
        'SA',
        'E',
      ),
      fc.constantFrom('N', 'A', 'L', 'P', 'H', 'R', 'U', 'C', 'M', 'S', 'X', 'toString'),
    );
    const vector = fc.tuple(
      fc.constantFrom('', 'CVSS:3.0/', 'CVSS:3.1/', 'CVSS:4.0/', 'CVSS:9/'),
      fc.uniqueArray(part, { selector: ([metric]) => metric, maxLength: 17 }),
    );
    fc.assert(
      fc.property(vector, ([prefix, parts]) => {
        const score = baseScore(prefix + parts.map((each) => each.join(':')).join('/'))?.score ?? 0;
        assert.ok(score >= 0 && score <= 10 && Number.isInteger(Math.round(score * 10)));
      }),
      { numRuns: RUNS },
    );
  });

  const directory = temporaryDirectory();
  const files: readonly (readonly [name: string, content: Buffer])[] = [
    [
      'a.zip',
      zipOf(
        [
          { name: 'A-1.json', content: record('A-1') },
          { name: 'A-2.json', content: record('A-2') },
        ],
        'end',
      ),
    ],
    ['a.jsonl.gz', gzipSync(`${record('A-1')}\n${record('A-2')}\n`)],
    ['a.jsonl.zst', zstdCompressSync(`${record('A-1')}\n${record('A-2')}\n`)],
    ['a.json', Buffer.from(record('A-1'))],
  ];
  for (const [name, content] of files) {
    it(`as other bytes of ${name}: it is read, or refused with a reason`, async () => {
      const path = join(directory, name);
      await fc.assert(
        fc.asyncProperty(
          fc.nat(content.length - 1),
          fc.uint8Array({ maxLength: 4 }),
          fc.nat(8),
          async (at, by, without) => {
            writeFileSync(path, Buffer.concat([content.subarray(0, at), by, content.subarray(at + without)]));
            await readPlace(path).catch((error: unknown) =>
              assert.ok(error instanceof SheerError, String(error)),
            );
          },
        ),
        { numRuns: FILE_RUNS },
      );
    });
  }
});
