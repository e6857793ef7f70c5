import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layerScanOf, parseHelperAnswer } from './parse-helper-answer.ts';

const found = { readBy: 'npm', name: 'a', version: '1', architecture: null, source: null };

const scanOf = (one: object): object => ({
  format: 1,
  diffId: 'sha256:a',
  records: [{ path: '/node_modules/a/package.json', packages: [one] }],
  whiteouts: [],
  opaque: [],
  replaced: '',
  unread: [],
});

const parse = (answer: object) => parseHelperAnswer(JSON.stringify(answer), layerScanOf);

describe('an answer of the helper', () => {
  it('is taken where it is sound', () => {
    for (const answer of [
      { kind: 'found', found: scanOf(found) },
      { kind: 'refused', code: 'too-large', message: 'the layer has no end' },
    ])
      assert.deepEqual(parse(answer), answer);
  });

  it('is none where it is no JSON', () => assert.equal(parseHelperAnswer('{', layerScanOf), null));

  const rows: readonly (readonly [what: string, answer: object])[] = [
    ['is of no kind', { kind: 'other' }],
    ['refuses without a reason', { kind: 'refused', code: 'too-large' }],
    ['has a scan of another format', { kind: 'found', found: { ...scanOf(found), format: 2 } }],
    ['tells of a reader that there is not', { kind: 'found', found: scanOf({ ...found, readBy: 'spdx' }) }],
    ['tells of a package without a version', { kind: 'found', found: scanOf({ ...found, version: null }) }],
  ];
  for (const [what, answer] of rows) {
    it(`is none where it ${what}`, () => assert.equal(parse(answer), null));
  }
});
