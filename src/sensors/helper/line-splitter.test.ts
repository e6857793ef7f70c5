import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LineSplitter } from './line-splitter.ts';

function split(...chunks: readonly string[]): readonly string[] {
  const splitter = new LineSplitter();
  const lines: string[] = [];
  for (const chunk of chunks)
    splitter.push(Buffer.from(chunk), (bytes, from, until) =>
      lines.push(Buffer.from(bytes.subarray(from, until)).toString()),
    );
  return lines;
}

describe('lines of a stream', () => {
  it('are cut at line feeds, across chunks', () => {
    assert.deepEqual(split('a\nb', 'c\n', '\n', 'd\ne'), ['a', 'bc', '', 'd']);
    assert.deepEqual(split('a', 'b', 'c', '\n'), ['abc']);
  });

  it('that never end are dropped, up to where they do', () => {
    const endless = 'x'.repeat(40_000);
    assert.deepEqual(split('a\n', endless, endless, endless, 'end\nb\n'), ['a', 'b']);
  });
});
