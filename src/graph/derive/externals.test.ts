import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';
import { type ExternalData, parseIpv4, parseIpv6 } from '#model';

import { ExternalMatcher } from './externals.ts';
import { isPublicAddress } from './public-address.ts';
import type { Declared } from './service.ts';

function external(
  name: string,
  addresses: readonly string[],
  more: Partial<ExternalData> = {},
): Declared<ExternalData> {
  return { id: name, data: { name, owner: null, addresses, ports: [], scope: null, ...more } };
}

const matcher = new ExternalMatcher([
  external('office', ['10.0.0.0/8']),
  external('bank', ['10.9.0.0/16', '2001:db8:5::/48'], { ports: [443] }),
  external('vault', ['10.9.0.0/16']),
  external('mainframe', ['10.9.1.1']),
  external('mainframe of the other site', ['10.9.1.1'], { scope: 'vpc/other' }),
  external('provider', ['2001:db8::/32']),
]);

const ROWS: readonly (readonly [
  ip: string,
  port: number | null,
  scope: string | null,
  name: string | null,
])[] = [
  ['10.1.2.3', 80, null, 'office'],
  ['10.9.2.2', 443, null, 'bank'],
  ['10.9.2.2', 80, null, 'vault'],
  ['10.9.2.2', null, null, 'bank'],
  ['10.9.1.1', 443, null, 'mainframe of the other site'],
  ['10.9.1.1', 443, 'host/node-1', 'mainframe'],
  ['10.9.1.1', 443, 'vpc/other', 'mainframe of the other site'],
  ['::ffff:10.1.2.3', 80, null, 'office'],
  ['2001:db8:5::7', 443, null, 'bank'],
  ['2001:db8:5::7', 80, null, 'provider'],
  ['8.8.8.8', 53, null, 'internet'],
  ['2606:4700::1111', 443, null, 'internet'],
  ['192.168.1.1', 80, null, null],
  ['fd00::1', 80, null, null],
  ['no address', 80, null, null],
];

describe('an address outside', () => {
  for (const [ip, port, scope, name] of ROWS) {
    it(`${ip} port ${port ?? 'any'} in ${scope ?? 'any scope'} is ${name ?? 'unknown'}`, () => {
      assert.equal(matcher.match({ ip, port, scope })?.id ?? null, name);
    });
  }

  it('says which block names it', () => {
    assert.equal(matcher.match({ ip: '10.9.2.2', port: 443, scope: null })?.block, '10.9.0.0/16');
    assert.deepEqual(matcher.match({ ip: '8.8.8.8', port: 443, scope: null }), {
      id: 'internet',
      data: null,
      block: null,
    });
  });

  const bitsOf = (ip: string): bigint => {
    if (isIPv4(ip)) return BigInt(parseIpv4(ip));
    const words = new Uint32Array(4);
    parseIpv6(ip, words);
    return words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
  };

  // Few bits, so that blocks meet and nest; 44 of the first bits are fixed in IPv6 and 8 in IPv4.
  const ipv4 = fc.nat({ max: 255 }).map((bits) => `10.${bits & 0xf0}.0.${bits & 0x0f}`);
  const ipv6 = fc
    .nat({ max: 255 })
    .map((bits) => `2001:db8:${(bits & 0xf0).toString(16)}::${(bits & 0x0f).toString(16)}`);
  const block = fc.oneof(
    fc.tuple(ipv4, fc.constantFrom(0, 7, 8, 9, 10, 11, 28, 31, 32)),
    fc.tuple(ipv6, fc.constantFrom(0, 32, 40, 41, 43, 64, 96, 124, 127, 128)),
  );

  it('belongs to the longest block that holds it, as whole numbers say', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), fc.oneof(ipv4, ipv6), (blocks, ip) => {
        const externals = blocks.map(([base, length], index) => external(`e${index}`, [`${base}/${length}`]));
        const width = isIPv4(ip) ? 32 : 128;
        const holding = blocks.filter(([base, length]) => {
          const rest = BigInt(width - length);
          return isIPv4(base) === isIPv4(ip) && bitsOf(base) >> rest === bitsOf(ip) >> rest;
        });
        const longest = Math.max(-1, ...holding.map(([, length]) => length));
        const match = new ExternalMatcher(externals).match({ ip, port: 80, scope: null });
        const found = match?.block ?? null;
        assert.equal(found === null ? -1 : Number(found.split('/')[1]), longest);
        assert.deepEqual(
          new ExternalMatcher(externals.toReversed()).match({ ip, port: 80, scope: null }),
          match,
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an address of the public internet', () => {
  const PUBLIC = [
    '1.1.1.1',
    '172.32.0.1',
    '11.0.0.1',
    '203.0.113.7',
    '2606:4700::1111',
    '2001:db8::1',
    '64:ff9b::808:808',
    '::ffff:8.8.8.8',
  ];
  const PRIVATE = [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd12::1',
    'ff02::1',
    '64:ff9b::a00:1',
    '::ffff:10.0.0.1',
    'x',
  ];
  for (const ip of PUBLIC) it(`is ${ip}`, () => assert.ok(isPublicAddress(ip)));
  for (const ip of PRIVATE) it(`is not ${ip}`, () => assert.ok(!isPublicAddress(ip)));
});
