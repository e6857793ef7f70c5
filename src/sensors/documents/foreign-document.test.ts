import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { SensorError } from '../sensor-error.ts';
import { foreignDocumentOf } from './foreign-document.ts';
import { readDocumentConfined } from './read-document-confined.ts';

const listed = {
  purl: 'pkg:npm/a@1',
  ecosystem: 'npm',
  name: 'a',
  version: '1',
  source: null,
  layer: null,
  path: null,
  readBy: 'spdx',
};

const listOf = (one: object): object => {
  const list = { format: 1, image: null, distribution: null, packages: [one], unread: [] };
  return { kind: 'list', document: { origin: 'spdx', tool: null, subjects: [], list } };
};

const statement = {
  vulnerability: 'CVE-2026-1',
  aliases: [],
  products: [{ ids: ['pkg:oci/web'], digests: [], subcomponents: [{ ids: [], digests: ['sha256:a'] }] }],
  status: 'not_affected',
  justification: 'component_not_present',
  impact: null,
  action: null,
  author: 'us',
  at: 1,
};

const statementsOf = (one: object, version: unknown = 1): object => {
  const edition = { version, at: 1 };
  const id = 'https://example.org/vex';
  return { kind: 'openvex', document: { id, author: 'us', at: 1, edition, statements: [one] } };
};

describe('what a helper found in a document', () => {
  it('is taken where it is sound', () => {
    for (const found of [listOf(listed), statementsOf(statement)])
      assert.deepEqual(foreignDocumentOf(found), found);
  });

  const rows: readonly (readonly [what: string, found: unknown])[] = [
    ['is of no kind', { kind: 'other' }],
    ['lists what a reader of layers found', listOf({ ...listed, readBy: 'dpkg' })],
    ['lists a package in a layer', listOf({ ...listed, layer: 1 })],
    ['lists a package without a version', listOf({ ...listed, version: null })],
    ['states another status', statementsOf({ ...statement, status: 'fine' })],
    ['states it of no time', statementsOf({ ...statement, at: 'now' })],
    ['states it of no product', statementsOf({ ...statement, products: [{ ids: [] }] })],
    ['is of an edition that is no number', statementsOf(statement, '1')],
  ];
  for (const [what, found] of rows) {
    it(`is none where it ${what}`, () => assert.equal(foreignDocumentOf(found), null));
  }
});

describe('a document is read in a helper', () => {
  const read = (document: object) =>
    readDocumentConfined(Readable.from([Buffer.from(JSON.stringify(document))]));

  it('which tells statements of OpenVEX from lists of packages', async () => {
    const product = { '@id': 'pkg:oci/web' };
    const statements = await read({
      '@context': 'https://openvex.dev/ns/v0.2.0',
      '@id': 'https://example.org/vex',
      author: 'us',
      timestamp: '2026-01-01T00:00:00Z',
      version: 1,
      statements: [{ vulnerability: { name: 'CVE-2026-1' }, products: [product], status: 'fixed' }],
    });
    assert.equal(statements.kind === 'openvex' && statements.document.statements[0]?.status, 'fixed');
    assert.equal((await read({ bomFormat: 'CycloneDX', specVersion: '1.6' })).kind, 'list');
  });

  it('and refused where it is neither', async () => {
    await assert.rejects(read({}), (error) => error instanceof SensorError && error.code === 'invalid-input');
  });
});
