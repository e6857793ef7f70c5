import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatProblem } from '../problem.ts';
import { parseAdvisory } from './parse-advisory.ts';

const RECORD = {
  schema_version: '1.7.4',
  id: 'DSA-1-1',
  modified: '2026-01-02T03:04:05.678901Z',
  published: '2026-01-01T00:00:00Z',
  aliases: ['CVE-2026-1'],
  upstream: ['CVE-2026-2', 'CVE-2026-1'],
  related: ['CVE-2026-3'],
  summary: 'a summary',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'Debian:12', name: 'openssl', purl: 'pkg:deb/debian/openssl' },
      ranges: [
        { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '3.0.11-1~deb12u2' }] },
        { type: 'GIT', repo: 'https://example.org', events: [{ introduced: 'abc' }] },
      ],
      versions: ['3.0.11-1~deb12u1'],
    },
    { ranges: [{ type: 'GIT', repo: 'https://example.org', events: [{ introduced: 'abc' }] }] },
  ],
  surprise: { unknown: true },
};

function parse(value: unknown): ReturnType<typeof parseAdvisory> {
  return parseAdvisory(Buffer.from(JSON.stringify(value)));
}

function problemsOf(value: unknown): readonly string[] {
  const reading = parse(value);
  return reading.kind === 'refused' ? reading.problems.map(formatProblem) : [];
}

function affected(entry: object): object {
  return { ...RECORD, affected: [{ package: { ecosystem: 'npm', name: 'a' }, ...entry }] };
}

describe('an OSV record', () => {
  it('becomes an advisory', () => {
    assert.deepEqual(parse(RECORD), {
      kind: 'read',
      value: {
        id: 'DSA-1-1',
        modified: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
        published: Date.UTC(2026, 0, 1),
        withdrawn: null,
        aliases: ['CVE-2026-1', 'CVE-2026-2'],
        summary: 'a summary',
        severity: 'critical',
        score: 9.8,
        affected: [
          {
            ecosystem: 'Debian:12',
            name: 'openssl',
            ranges: [
              {
                type: 'ECOSYSTEM',
                events: [
                  { kind: 'introduced', version: '0' },
                  { kind: 'fixed', version: '3.0.11-1~deb12u2' },
                ],
              },
            ],
            versions: ['3.0.11-1~deb12u1'],
          },
        ],
      },
    });
  });

  it('needs an id and a time alone', () => {
    assert.deepEqual(problemsOf({ id: 'A-1', modified: '2026-01-02T03:04:05Z', withdrawn: null }), []);
  });

  it('without a summary has the first line of its details', () => {
    const reading = parse({ ...RECORD, summary: undefined, details: 'first line\nsecond line' });
    assert.equal(reading.kind === 'read' && reading.value.summary, 'first line');
  });

  const rows: readonly (readonly [what: string, record: unknown, problem: string])[] = [
    ['no object', [], '$: is a list, not an object'],
    ['no id', { ...RECORD, id: undefined }, '$.id: is missing'],
    ['an empty id', { ...RECORD, id: '' }, '$.id: is empty'],
    ['an id that is a number', { ...RECORD, id: 1 }, '$.id: is a number, not a string'],
    ['no time', { ...RECORD, modified: undefined }, '$.modified: is missing'],
    ['a time in words', { ...RECORD, modified: 'today' }, '$.modified: "today" is no time of RFC 3339'],
    [
      'a 31st of June',
      { ...RECORD, withdrawn: '2026-06-31T25:00:00Z' },
      '$.withdrawn: "2026-06-31T25:00:00Z" is no time of RFC 3339',
    ],
    ['aliases that are a string', { ...RECORD, aliases: 'CVE-1' }, '$.aliases: is a string, not a list'],
    [
      'an alias that is a number',
      { ...RECORD, aliases: ['CVE-1', 2] },
      '$.aliases[1]: is a number, not a string',
    ],
    ['an entry that is null', { ...RECORD, affected: [null] }, '$.affected[0]: is missing'],
    [
      'a package without a name',
      affected({ package: { ecosystem: 'npm' } }),
      '$.affected[0].package.name: is missing',
    ],
    [
      'an unknown type of range',
      affected({ ranges: [{ type: 'MOON', events: [] }] }),
      '$.affected[0].ranges[0].type: "MOON" is not SEMVER, ECOSYSTEM or GIT',
    ],
    [
      'two things in one event',
      affected({ ranges: [{ type: 'SEMVER', events: [{ introduced: '0', fixed: '1' }] }] }),
      '$.affected[0].ranges[0].events[0]: says more than one of introduced, fixed, last_affected and limit',
    ],
    [
      'nothing in an event',
      affected({ ranges: [{ type: 'SEMVER', events: [{ happened: '0' }] }] }),
      '$.affected[0].ranges[0].events[0]: says none of introduced, fixed, last_affected and limit',
    ],
    [
      'a version that is a number',
      affected({ versions: [1] }),
      '$.affected[0].versions[0]: is a number, not a string',
    ],
    ['a severity that is an object', { ...RECORD, severity: {} }, '$.severity: is an object, not a list'],
  ];
  for (const [what, record, problem] of rows) {
    it(`is refused with ${what}`, () => assert.deepEqual(problemsOf(record), [problem]));
  }

  it('may have thousands of events and versions, and is refused beyond that', () => {
    const events = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        [index % 2 === 0 ? 'introduced' : 'fixed']: `${index}`,
      }));
    const ranges = (count: number) => [{ type: 'SEMVER', events: events(count) }];
    const versions = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);
    const most = affected({ ranges: ranges(10_000), versions: versions(100_000) });
    assert.deepEqual(problemsOf(most), []);
    assert.deepEqual(problemsOf(affected({ ranges: [...ranges(6000), ...ranges(6000)] })), [
      '$.affected[0].ranges: have more than 10000 events',
    ]);
    assert.deepEqual(problemsOf(affected({ versions: versions(100_001) })), [
      '$.affected[0].versions: are more than 100000',
    ]);
  });

  it('is refused when it is no UTF-8, no JSON, or cut off', () => {
    const refusals = [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), Buffer.from('{"id":'), Buffer.alloc(0)];
    for (const bytes of refusals) assert.equal(parseAdvisory(bytes).kind, 'refused');
  });

  it('is not quoted when it is something else: a file of secrets may be given by mistake', () => {
    for (const text of ['root:$6$secret', '{"a": root}', 'x'.repeat(200), '"secret', '["secret" root']) {
      const told = JSON.stringify(parseAdvisory(Buffer.from(text)));
      assert.match(told, /is no JSON/);
      assert.doesNotMatch(told, /root|secret|xx/);
    }
  });

  it('nested a million times is read or refused, without harm', () => {
    const deep = `{"id":"A-1","modified":"2026-01-02T03:04:05Z","x":${'['.repeat(1e6)}${']'.repeat(1e6)}}`;
    assert.ok(['read', 'refused'].includes(parseAdvisory(Buffer.from(deep)).kind));
  });
});

describe('its severity', () => {
  const v2 = { type: 'CVSS_V2', score: 'AV:N/AC:L/Au:N/C:C/I:C/A:C' };
  const v31 = { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N' };
  const v4 = { type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N' };
  const rows: readonly (readonly [what: string, record: object, severity: string, score: number | null])[] = [
    ['the newest vector', { severity: [v2, v4, v31] }, 'critical', 9.3],
    ['of a package', { severity: [], affected: [{ severity: [v31] }] }, 'low', 3.1],
    ['CVSS 2 knows no critical', { severity: [v2] }, 'high', 10],
    ["GitHub's word", { severity: [], database_specific: { severity: 'MODERATE' } }, 'medium', null],
    ["Ubuntu's priority", { severity: [{ type: 'Ubuntu', score: 'negligible' }] }, 'low', null],
    [
      "Debian's urgency",
      { severity: [], affected: [{ ecosystem_specific: { urgency: 'high' } }] },
      'high',
      null,
    ],
    [
      'an urgency that says nothing',
      { severity: [], affected: [{ ecosystem_specific: { urgency: 'not yet assigned' } }] },
      'unknown',
      null,
    ],
    [
      'a word of a prototype',
      { severity: [], database_specific: { severity: 'constructor' } },
      'unknown',
      null,
    ],
    [
      'a broken vector is passed over',
      { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' }], database_specific: { severity: 'LOW' } },
      'low',
      null,
    ],
  ];
  for (const [what, fields, severity, score] of rows) {
    it(`${what}: ${severity}`, () => {
      const reading = parse({ ...RECORD, ...fields });
      assert.ok(reading.kind === 'read');
      assert.deepEqual([reading.value.severity, reading.value.score], [severity, score]);
    });
  }
});
