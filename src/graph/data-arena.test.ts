import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { DataArena } from './data-arena.ts';

describe('the arena of data', () => {
  it('gives back every text, also in many chunks and after a snapshot', () => {
    const large = 'ä'.repeat(400_000);
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(large))), (texts) => {
        const half = Math.floor(texts.length / 2);
        const first = new DataArena();
        const places = texts.slice(0, half).map((text) => first.write(text));
        const second = DataArena.fromParts(first.parts().map((part) => part.slice()));
        places.push(...texts.slice(half).map((text) => second.write(text)));
        assert.deepEqual(
          places.map(({ from, length }) => second.read(from, length)),
          texts,
        );
      }),
      { numRuns: 50 },
    );
  });
});
