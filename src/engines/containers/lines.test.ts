import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { LineSplitter, type StreamLine } from './lines.ts';

const texts = (lines: readonly StreamLine[]): readonly string[] =>
  lines.map((line) => (line.kind === 'line' ? line.text : 'OVERSIZED'));

describe('lines of a stream', () => {
  it('are the same however the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat(40)), (values, cuts) => {
        const wanted = values.map((value) => JSON.stringify(value));
        const bytes = Buffer.from(wanted.map((line) => `${line}\n`).join(''));
        const splitter = new LineSplitter();
        const got: string[] = [];
        let start = 0;
        for (const cut of [...cuts, bytes.length]) {
          got.push(...texts(splitter.push(bytes.subarray(start, start + cut))));
          start = Math.min(bytes.length, start + cut);
        }
        got.push(...texts(splitter.push(bytes.subarray(start))));
        assert.deepEqual(got, wanted);
      }),
    );
  });

  it('that are too long are told once, and the next one is whole', () => {
    const splitter = new LineSplitter();
    const got: string[] = [];
    for (let piece = 0; piece < 40; piece++) got.push(...texts(splitter.push(Buffer.alloc(100_000, 'x'))));
    got.push(...texts(splitter.push(Buffer.from('xx\n{"next":1}\n'))));
    assert.deepEqual(got, ['OVERSIZED', '{"next":1}']);
  });
});
