import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatProblem } from '../problem.ts';
import { parseVexDocument } from './parse-vex-document.ts';

const STATEMENT = {
  vulnerability: { name: 'CVE-2026-1', aliases: ['GHSA-1'] },
  products: [
    {
      '@id': 'pkg:oci/shop@sha256:aa',
      identifiers: { purl: 'pkg:oci/shop', cpe23: 'cpe:2.3:a:shop:shop:1:*:*:*:*:*:*:*' },
      hashes: { 'sha-256': 'AABB' },
      subcomponents: [{ '@id': 'pkg:deb/debian/openssl@3' }],
    },
  ],
  status: 'not_affected',
  justification: 'vulnerable_code_not_in_execute_path',
  impact_statement: 'never called',
};

const DOCUMENT = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://example.org/vex/1',
  author: 'security@example.org',
  timestamp: '2026-01-02T03:04:05.123456789-06:00',
  version: 1,
  statements: [STATEMENT],
};

function parse(value: unknown): ReturnType<typeof parseVexDocument> {
  return parseVexDocument(Buffer.from(JSON.stringify(value)));
}

function stating(changes: object): object {
  return { ...DOCUMENT, statements: [{ ...STATEMENT, ...changes }] };
}

describe('an OpenVEX document', () => {
  it('becomes statements', () => {
    const at = Date.UTC(2026, 0, 2, 9, 4, 5, 123);
    assert.deepEqual(parse(DOCUMENT), {
      kind: 'read',
      value: {
        id: 'https://example.org/vex/1',
        author: 'security@example.org',
        at,
        edition: { version: 1, at },
        statements: [
          {
            vulnerability: 'CVE-2026-1',
            aliases: ['GHSA-1'],
            products: [
              {
                ids: ['pkg:oci/shop@sha256:aa', 'pkg:oci/shop', 'cpe:2.3:a:shop:shop:1:*:*:*:*:*:*:*'],
                digests: ['sha256:aabb'],
                subcomponents: [{ ids: ['pkg:deb/debian/openssl@3'], digests: [] }],
              },
            ],
            status: 'not_affected',
            justification: 'vulnerable_code_not_in_execute_path',
            impact: 'never called',
            action: null,
            author: 'security@example.org',
            at,
          },
        ],
      },
    });
  });

  it('is found in a statement of in-toto', () => {
    const statement = {
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://openvex.dev/ns/v0.2.0',
      subject: [],
    };
    assert.deepEqual(parse({ ...statement, predicate: DOCUMENT }), parse(DOCUMENT));
    assert.equal(parse(statement).kind, 'refused');
    assert.equal(parse({ ...statement, predicateType: 'other', predicate: DOCUMENT }).kind, 'refused');
  });

  it('names products and vulnerabilities by strings, as older ones do', () => {
    const reading = parse(stating({ vulnerability: 'CVE-2026-2', products: ['pkg:npm/a@1'] }));
    assert.ok(reading.kind === 'read');
    const [statement] = reading.value.statements;
    assert.equal(statement?.vulnerability, 'CVE-2026-2');
    assert.deepEqual(statement.products, [{ ids: ['pkg:npm/a@1'], digests: [], subcomponents: [] }]);
  });

  it("has statements of another time than the document's", () => {
    const reading = parse(stating({ timestamp: '2026-02-01T00:00:00Z' }));
    assert.equal(reading.kind === 'read' && reading.value.statements[0]?.at, Date.UTC(2026, 1, 1));
  });

  it('has an edition, also where its version is a string or missing', () => {
    const editionOf = (changes: object): unknown => {
      const reading = parse({ ...DOCUMENT, timestamp: '2026-01-01T00:00:00Z', ...changes });
      return reading.kind === 'read' && reading.value.edition;
    };
    const at = Date.UTC(2026, 0, 1);
    assert.deepEqual(editionOf({ version: '3' }), { version: 3, at });
    assert.deepEqual(editionOf({ version: undefined }), { version: 0, at });
    const updated = Date.UTC(2026, 1, 1);
    assert.deepEqual(editionOf({ last_updated: '2026-02-01T00:00:00Z' }), { version: 1, at: updated });
  });

  const rows: readonly (readonly [what: string, document: unknown, problem: string])[] = [
    ['no author', { ...DOCUMENT, author: undefined }, '$.author: is missing'],
    ['no id', { ...DOCUMENT, '@id': undefined }, '$.@id: is missing'],
    ['no time', { ...DOCUMENT, timestamp: undefined }, '$.timestamp: is missing'],
    [
      'an unknown status',
      stating({ status: 'fine' }),
      '$.statements[0].status: "fine" is none of not_affected, affected, fixed, under_investigation',
    ],
    [
      'no reason why it is not affected',
      stating({ justification: undefined, impact_statement: '' }),
      '$.statements[0]: says not_affected without a justification or an impact_statement',
    ],
    [
      'an unknown justification',
      stating({ justification: 'because' }),
      '$.statements[0].justification: "because" is none of component_not_present, vulnerable_code_not_present, vulnerable_code_not_in_execute_path, vulnerable_code_cannot_be_controlled_by_adversary, inline_mitigations_already_exist',
    ],
    ['no products', stating({ products: [] }), '$.statements[0].products: names no product'],
    [
      'a product without a name',
      stating({ products: [{ supplier: 'us' }] }),
      '$.statements[0].products[0]: has neither @id nor identifiers nor hashes',
    ],
    ['no vulnerability', stating({ vulnerability: {} }), '$.statements[0].vulnerability.name: is missing'],
    [
      'statements that are an object',
      { ...DOCUMENT, statements: {} },
      '$.statements: is an object, not a list',
    ],
  ];
  for (const [what, document, problem] of rows) {
    it(`is refused with ${what}`, () => {
      const reading = parse(document);
      assert.deepEqual(reading.kind === 'refused' ? reading.problems.map(formatProblem) : [], [problem]);
    });
  }
});
