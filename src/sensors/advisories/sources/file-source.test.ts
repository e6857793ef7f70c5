import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { SensorError } from '../../sensor-error.ts';
import { readPlace, record, temporaryDirectory } from './advisory-files.fixture.ts';

const LINES = ['A-1', 'A-2', 'A-3'].map((id) => record(id)).join('\n');

describe('a file of advisories', () => {
  const directory = temporaryDirectory();
  let number = 0;
  const stored = (bytes: string | Uint8Array, name = '.json'): string => {
    const path = join(directory, `${number++}${name}`);
    writeFileSync(path, bytes);
    return path;
  };

  const rows: readonly (readonly [
    what: string,
    content: string | Uint8Array,
    name: string,
    ids: readonly string[],
  ])[] = [
    ['one document', record('A-1'), '.json', ['A-1']],
    ['one document over many lines', JSON.stringify(JSON.parse(record('A-1')), null, 2), '.json', ['A-1']],
    ['lines', `${LINES}\n`, '.jsonl', ['A-1', 'A-2', 'A-3']],
    ['lines without an end, by any name', LINES, '.txt', ['A-1', 'A-2', 'A-3']],
    [
      'lines, some of them empty',
      `\n${LINES.replaceAll('\n', '\n\n')}\n\n`,
      '.ndjson',
      ['A-1', 'A-2', 'A-3'],
    ],
    ['gzip', gzipSync(LINES), '.jsonl.gz', ['A-1', 'A-2', 'A-3']],
    ['zstd', zstdCompressSync(LINES), '.bin', ['A-1', 'A-2', 'A-3']],
  ];
  for (const [what, content, name, ids] of rows) {
    it(`can be ${what}`, async () => {
      const { counts, sink, complete } = await readPlace(stored(content, name));
      assert.deepEqual([sink.ids, counts.refused, complete], [ids, 0, false]);
    });
  }

  it('is not parsed again where a line is unchanged', async () => {
    const first = await readPlace(stored(LINES, '.jsonl'));
    const { counts } = await readPlace(stored(`${record('A-4')}\n${LINES}`, '.jsonl'), first.sink);
    assert.deepEqual([counts.read, counts.changed], [4, 1]);
  });

  it('goes on after a line that is none', async () => {
    const { counts, sink } = await readPlace(
      stored(`${record('A-1')}\nnonsense\n{"id":"A-2"}\n${record('A-3')}`, '.jsonl'),
    );
    assert.deepEqual(sink.ids, ['A-1', 'A-3']);
    assert.deepEqual(sink.kept, ['A-2']);
    assert.deepEqual(
      counts.problems.map(({ place }) => place),
      ['line 2', 'line 3'],
    );
    assert.equal(counts.problems[1]?.problem, '$.modified: is missing');
  });

  it('skips a line of 100 MB', async () => {
    const path = stored(`${record('A-1')}\n${'x'.repeat(1e8)}\n${record('A-2')}\n`, '.jsonl');
    const { counts, sink } = await readPlace(path);
    assert.deepEqual(sink.ids, ['A-1', 'A-2']);
    assert.deepEqual(counts.problems, [{ place: 'line 2', problem: 'is larger than 16 MB' }]);
  });

  it('refuses a document of 100 MB', async () => {
    const { counts } = await readPlace(stored(`{\n"x": "${'x'.repeat(1e8)}"}`));
    assert.equal(counts.problems[0]?.problem, 'is larger than 16 MB');
  });

  it('refuses what is not UTF-8', async () => {
    const { counts } = await readPlace(stored(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), '.jsonl'));
    assert.equal(counts.problems[0]?.problem, '$: is no UTF-8 text');
  });

  it('takes nothing of what breaks off in its packing', async () => {
    for (const packed of [gzipSync(LINES), zstdCompressSync(LINES)]) {
      await assert.rejects(readPlace(stored(packed.subarray(0, packed.length - 5), '.jsonl')), SensorError);
    }
  });

  it('takes nothing of a bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000, '\n'));
    await assert.rejects(readPlace(stored(bomb, '.jsonl.gz')), /unpacks to more than 200 times its size/);
  });

  it('has to be there', async () => {
    await assert.rejects(readPlace(join(directory, 'nowhere')), /nowhere is not there/);
  });
});

describe('a directory of advisories', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'npm', 'deep'), { recursive: true });
  mkdirSync(join(directory, '.git'));
  writeFileSync(join(directory, 'npm', 'A-1.json'), record('A-1'));
  writeFileSync(join(directory, 'npm', 'deep', 'A-2.json'), record('A-2'));
  writeFileSync(join(directory, 'npm', 'A-3.json'), '{}');
  writeFileSync(join(directory, 'README.md'), 'no record');
  writeFileSync(join(directory, '.git', 'A-9.json'), record('A-9'));
  symlinkSync('/etc/passwd', join(directory, 'npm', 'A-4.json'));
  symlinkSync(directory, join(directory, 'npm', 'again'));

  it('is read whole: every .json file below it, and no links', async () => {
    const { counts, sink, complete } = await readPlace(directory);
    assert.deepEqual([sink.ids, sink.kept, complete], [['A-1', 'A-2'], ['A-3'], true]);
    assert.deepEqual(counts.problems, [{ place: 'npm/A-3.json', problem: '$.id: is missing (and 1 more)' }]);
  });

  it('does not open unchanged files again', async () => {
    const first = await readPlace(directory);
    const { counts } = await readPlace(directory, first.sink);
    assert.deepEqual([counts.read, counts.changed], [3, 0]);
  });
});
