import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { formatAddressBlock, parseAddressBlock, prefixMask } from './address-block.ts';

const ROWS = [
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['10.1.2.3', '10.1.2.3'],
  ['10.1.2.3/32', '10.1.2.3'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:DB8::1/32', '2001:db8::/32'],
  ['::/0', '::/0'],
  ['::1', '::1'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
  ['::ffff:10.1.2.3/95', '::fffe:0:0/95'],
] as const;

const REFUSED = [
  '',
  '/',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0/8',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '::/129',
  'fe80::1%eth0',
  'x',
  '10.0.0.0/8 ',
];

describe('an address block', () => {
  for (const [text, canonical] of ROWS) {
    it(`${text} is ${canonical}`, () => {
      const block = parseAddressBlock(text);
      assert.ok(block);
      assert.equal(formatAddressBlock(block), canonical);
    });
  }

  for (const text of REFUSED) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseAddressBlock(text), null));
  }

  it('keeps exactly the bits of its prefix', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 0xffff_ffff }), { minLength: 4, maxLength: 4 }),
        fc.nat({ max: 128 }),
        (words, length) => {
          const whole = (parts: readonly number[]): bigint =>
            parts.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
          const masked = words.map((word, index) => (word & prefixMask(length, index)) >>> 0);
          const rest = BigInt(128 - length);
          assert.equal(whole(masked), (whole(words) >> rest) << rest);
        },
      ),
    );
  });
});
