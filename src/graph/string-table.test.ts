import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { StringTable } from './string-table.ts';

describe('a string table', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('a', 'aé', 'é', '\uD800', '\uFFFD'),
  );

  it('tells whether a string is the one with an integer, as looking it up does', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), text, (values, asked) => {
        const table = new StringTable();
        const integers = values.map((value) => table.intern(value));
        for (const integer of integers) assert.equal(table.is(integer, asked), table.find(asked) === integer);
      }),
    );
  });
});
