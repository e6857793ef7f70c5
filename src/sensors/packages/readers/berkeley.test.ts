import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { berkeleyBlobs } from './berkeley.ts';
import { writeBerkeley } from './berkeley-writer.fixture.ts';

const COUNT = { key: 0, value: Buffer.from([3, 0, 0, 0]) };
const values = [Buffer.from('short'), Buffer.alloc(129, 'a'), Buffer.alloc(5000, 'b')];
const database = writeBerkeley([COUNT, ...values.map((value, index) => ({ key: index + 1, value }))]);

function changed(change: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(database);
  change(copy);
  return copy;
}

describe('a Berkeley hash database', () => {
  it('gives the values of its keys, on the page and off it, but for the count of rpm', () => {
    assert.deepEqual([...berkeleyBlobs(database)], values);
  });

  it('is the same from a machine of the other byte order', () => {
    const items = values.map((value, index) => ({ key: index + 1, value }));
    assert.deepEqual([...berkeleyBlobs(writeBerkeley([COUNT, ...items], { bigEndian: true }))], values);
  });

  it('may have pages that were made with their group and never used', () => {
    const unused = changed((bytes) => bytes.fill(0, 512, 1024));
    assert.deepEqual([...berkeleyBlobs(unused)], values);
  });

  /** The count is on page 1, the packages on 2 to 4; the overflow of the second begins on 5, of the third on 6. */
  const refusals: readonly (readonly [what: string, bytes: Buffer, problem: RegExp])[] = [
    ['is short', database.subarray(0, 100), /is no Berkeley database/],
    ['is a tree', changed((bytes) => bytes.writeUInt32LE(0x05_3162, 12)), /no Berkeley hash database/],
    ['is of another version', changed((bytes) => bytes.writeUInt32LE(10, 16)), /of version 10, not 9/],
    ['is encrypted', changed((bytes) => void (bytes[24] = 1)), /encryption/],
    ['has pages of a strange size', changed((bytes) => bytes.writeUInt32LE(768, 20)), /768 bytes/],
    ['has pages of no size', changed((bytes) => bytes.writeUInt32LE(0, 20)), /0 bytes/],
    ['has endless buckets', changed((bytes) => bytes.writeUInt32LE(0xffff_fffe, 72)), /more buckets than/],
    ['is cut off', database.subarray(0, 512 * 6), /past its end/],
    ['has a bucket that loops', changed((bytes) => bytes.writeUInt32LE(2, 1024 + 16)), /of two chains/],
    ['has an overflow that loops', changed((bytes) => bytes.writeUInt32LE(6, 512 * 6 + 16)), /of two chains/],
    [
      'has an overflow that ends early',
      changed((bytes) => bytes.writeUInt32LE(0, 512 * 6 + 16)),
      /two chains/,
    ],
    ['has a bucket in an overflow page', changed((bytes) => void (bytes[1024 + 25] = 7)), /another kind/],
    [
      'has an overflow in a bucket',
      changed((bytes) => void (bytes[512 * 5 + 25] = 13)),
      /package in it is torn/,
    ],
    ['has an overflow past its page', changed((bytes) => bytes.writeUInt16LE(500, 512 * 6 + 22)), /is torn/],
    ['has an overflow of nothing', changed((bytes) => bytes.writeUInt16LE(0, 512 * 6 + 22)), /is torn/],
    [
      'has entries past its page',
      changed((bytes) => bytes.writeUInt16LE(60_000, 1024 + 20)),
      /than it holds/,
    ],
    ['has half an entry', changed((bytes) => bytes.writeUInt16LE(1, 1024 + 20)), /than it holds/],
    ['has an entry outside', changed((bytes) => bytes.writeUInt16LE(2, 1024 + 28)), /lies outside/],
    ['has duplicates', changed((bytes) => void (bytes[1024 + 507 - 6] = 2)), /no kind that rpm writes/],
  ];
  for (const [what, bytes, problem] of refusals) {
    it(`that ${what} is told`, () => {
      const last = [...berkeleyBlobs(bytes)].at(-1);
      assert.equal(typeof last, 'string');
      assert.match(String(last), problem);
    });
  }

  it('one page that many entries call theirs is read once: a small file stays small', () => {
    const items = [values[2], values[2]].map((value, index) => ({
      key: index + 1,
      value: value ?? COUNT.value,
    }));
    const shared = writeBerkeley(items);
    // The second's entry on page 2 is made the first's of page 1.
    shared.copy(shared, 1024 + 495, 512 + 495, 512 + 507);
    assert.deepEqual(
      [...berkeleyBlobs(shared)],
      [values[2], 'the database is torn: a page is of two chains'],
    );
  });
});
