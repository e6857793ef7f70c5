import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4OfWord, ipv6OfWords } from './kernel-address.ts';

describe('addresses of the kernel as text', () => {
  for (const [word, text] of [
    [0x0100007f, '127.0.0.1'],
    [0xffffffff, '255.255.255.255'],
    [0x0200580a, '10.88.0.2'],
    [0, '0.0.0.0'],
  ] as const) {
    it(text, () => assert.equal(ipv4OfWord(word), text));
  }

  for (const [words, text] of [
    [[0, 0, 0, 0x01000000], '::1'],
    [[0, 0, 0, 0], '::'],
    [[0xb80d0120, 0, 0, 0x01000000], '2001:db8::1'],
    [[0xb80d0120, 0x01000000, 0, 0x01000000], '2001:db8:0:1::1'],
    [[0x000080fe, 0, 0xff00000a, 0x12fe0000], 'fe80::a00:ff:0:fe12'],
    [[0xb80d0120, 0x00000100, 0x00000100, 0x00000100], '2001:db8:1:0:1:0:1:0'],
    [[0, 0, 0xffff0000, 0x0200580a], '10.88.0.2'],
  ] as const) {
    const [first, second, third, fourth] = words;
    it(text, () => assert.equal(ipv6OfWords(first, second, third, fourth), text));
  }
});
