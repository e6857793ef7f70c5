import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SensorError } from '../../sensor-error.ts';
import { readPlace, record, temporaryDirectory, zipOf, type ZipFile } from './advisory-files.fixture.ts';

describe('a zip archive of advisories', () => {
  const directory = temporaryDirectory();
  let number = 0;
  const stored = (bytes: Uint8Array): string => {
    const path = join(directory, `${number++}.zip`);
    writeFileSync(path, bytes);
    return path;
  };
  const good: ZipFile = { name: 'A-1.json', content: record('A-1') };

  it('is read whole, whatever stands at its end', async () => {
    const files = [
      good,
      { name: 'deep/A-2.json', content: record('A-2') },
      { name: 'README.md', content: 'no' },
    ];
    const { counts, sink, complete } = await readPlace(stored(zipOf(files, 'PK a comment')));
    assert.deepEqual([sink.ids, counts.read, counts.refused, complete], [['A-1', 'A-2'], 2, 0, true]);
  });

  it('is not unpacked again where nothing changed', async () => {
    const first = await readPlace(stored(zipOf([good, { name: 'A-2.json', content: record('A-2') }])));
    const changed = { name: 'A-2.json', content: record('A-2', { summary: 'other' }) };
    const { sink } = await readPlace(stored(zipOf([changed, good])), first.sink);
    assert.deepEqual(sink.ids, ['A-1', 'A-2', 'A-2']);
  });

  it('may hold nothing', async () => {
    assert.equal((await readPlace(stored(zipOf([])))).counts.read, 0);
  });

  it('writes nothing, wherever names lead', async () => {
    const { counts } = await readPlace(
      stored(zipOf([{ name: '../../../A-1.json', content: record('A-1') }])),
    );
    assert.deepEqual([counts.changed, counts.refused], [1, 0]);
  });

  const refusals: readonly (readonly [what: string, file: ZipFile, problem: RegExp])[] = [
    ['is longer than it says', { ...good, lies: { bytes: 5 } }, /longer than the archive says/],
    ['is shorter than it says', { ...good, lies: { bytes: 500 } }, /not as long/],
    ['has another checksum', { ...good, lies: { crc: 7 } }, /checksum/],
    ['says it took 4 GB', { ...good, lies: { packedBytes: 0xfffffffe } }, /lies about its size/],
    ['says it took less', { ...good, lies: { packedBytes: 5 } }, /cannot be unpacked/],
    ['lies elsewhere', { ...good, lies: { offset: 7 } }, /not where the archive says/],
    ['lies behind the end', { ...good, lies: { offset: 0xfffffffe } }, /not where the archive says/],
    ['is encrypted', { ...good, lies: { flags: 1 } }, /encrypted/],
    ['is packed otherwise', { ...good, lies: { method: 99 } }, /\(99\) that is not known/],
    ['says it had 4 GB', { ...good, lies: { bytes: 0xfffffffe } }, /larger than 16 MB/],
    ['is a bomb', { name: 'A-1.json', content: Buffer.alloc(20_000_000, ' ') }, /larger than 16 MB/],
    ['is no JSON', { name: 'A-1.json', content: 'A-1' }, /is no JSON/],
  ];
  for (const [what, file, problem] of refusals) {
    it(`goes on after a file that ${what}, and keeps what was known of it`, async () => {
      const { counts, sink } = await readPlace(
        stored(zipOf([file, { name: 'A-2.json', content: record('A-2') }])),
      );
      assert.deepEqual([sink.ids, sink.kept, counts.refused], [['A-2'], ['A-1'], 1]);
      assert.match(counts.problems[0]?.problem ?? '', problem);
      assert.equal(counts.problems[0]?.place, 'A-1.json');
    });
  }

  it('shows no control characters of a name', async () => {
    const { counts } = await readPlace(stored(zipOf([{ name: 'a\u001b[31m.json', content: '{' }])));
    assert.equal(counts.problems[0]?.place, 'a?[31m.json');
  });

  it('is refused when together it unpacks to too much, however its files overlap', async () => {
    const bomb = zipOf(
      Array.from({ length: 20 }, (_, index) => ({
        name: `${index}.json`,
        content: Buffer.alloc(5_000_000, ' '),
      })),
    );
    await assert.rejects(readPlace(stored(bomb)), new RegExp('unpacks to more than 200 times'));
  });

  it('is refused whole when it is torn, wherever', async () => {
    const whole = zipOf([good, { name: 'A-2.json', content: record('A-2') }]);
    for (const length of [4, 30, 100, whole.length - 30, whole.length - 22, whole.length - 1]) {
      await assert.rejects(readPlace(stored(whole.subarray(0, length))), SensorError, `${length} bytes`);
    }
  });
});
