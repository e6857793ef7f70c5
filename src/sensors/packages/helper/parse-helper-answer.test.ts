import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseHelperAnswer } from './parse-helper-answer.ts';

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

const listAnswer = (one: object): object => {
  const list = { format: 1, image: null, distribution: null, packages: [one], unread: [] };
  return { kind: 'list', document: { origin: 'spdx', tool: null, subjects: [], list } };
};

describe('an answer of the helper', () => {
  it('is taken where it is sound', () => {
    const answer = listAnswer(listed);
    assert.deepEqual(parseHelperAnswer(JSON.stringify(answer)), answer);
  });

  const rows: readonly (readonly [what: string, text: string])[] = [
    ['is no JSON', '{'],
    ['is of no kind', '{"kind":"other"}'],
    ['refuses without a reason', '{"kind":"refused","code":"too-large"}'],
    ['has a scan of another format', '{"kind":"scan","scan":{"format":2}}'],
    ['lists what a reader of layers found', JSON.stringify(listAnswer({ ...listed, readBy: 'dpkg' }))],
    ['lists a package in a layer', JSON.stringify(listAnswer({ ...listed, layer: 1 }))],
    ['lists a package without a version', JSON.stringify(listAnswer({ ...listed, version: null }))],
  ];
  for (const [what, text] of rows) {
    it(`is none where it ${what}`, () => assert.equal(parseHelperAnswer(text), null));
  }
});
