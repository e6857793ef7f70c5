import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { compressionOf } from './compression.ts';

describe('the first bytes of a file', () => {
  const rows: readonly (readonly [what: string, first: Uint8Array, compression: 'gzip' | 'zstd' | null])[] = [
    ['gzip', gzipSync('x'), 'gzip'],
    ['the mark of gzip alone', Buffer.from([0x1f, 0x8b]), 'gzip'],
    ['zstd', zstdCompressSync('x'), 'zstd'],
    ['a frame of zstd that is skipped', Buffer.from([0x5f, 0x2a, 0x4d, 0x18]), 'zstd'],
    ['half of the mark of zstd', Buffer.from([0x28, 0xb5, 0x2f]), null],
    ['text', Buffer.from('{"a":1}'), null],
    ['nothing', Buffer.alloc(0), null],
  ];
  for (const [what, first, compression] of rows) {
    it(`of ${what} tell ${compression ?? 'no compression'}`, () =>
      assert.equal(compressionOf(first), compression));
  }
});
