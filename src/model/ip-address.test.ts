import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { formatIpv4, formatIpv6, mappedIpv4, parseIpv4, parseIpv6 } from './ip-address.ts';

describe('IP addresses as numbers', () => {
  it('reads dotted IPv4 and refuses everything else', () => {
    assert.equal(parseIpv4('10.42.3.7'), 0x0a2a0307);
    assert.equal(parseIpv4('255.255.255.255'), 0xffffffff);
    assert.equal(parseIpv4('0.0.0.0'), 0);
    for (const text of [
      '',
      '1',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.256',
      '01.2.3.4',
      '1..2.3',
      '1.2.3.4 ',
      '-',
      'a.b.c.d',
    ]) {
      assert.equal(parseIpv4(text), -1, text);
    }
  });

  it('agrees with node:net on what an address is', () => {
    const nearly = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '.', 'g', '9'), maxLength: 24 }),
    );
    fc.assert(
      fc.property(nearly, (text) => {
        assert.equal(parseIpv4(text) >= 0, isIPv4(text));
        assert.equal(parseIpv6(text, new Uint32Array(4)), isIPv6(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back what it read, in canonical form', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => formatIpv4(parseIpv4(text)) === text));
    const words = new Uint32Array(4);
    for (const [text, canonical] of [
      ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
      ['::', '::'],
      ['::1', '::1'],
      ['fe80::1%eth0', 'fe80::1'],
      ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
      ['::ffff:10.0.0.1', '::ffff:a00:1'],
    ] as const) {
      assert.ok(parseIpv6(text, words));
      assert.equal(formatIpv6(words), canonical);
    }
    assert.equal(mappedIpv4(words), 0x0a000001);
    parseIpv6('2001:db8::1', words);
    assert.equal(mappedIpv4(words), -1);
  });
});
