import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';

import { decompressed } from './decompressed.ts';
import { FlowLogError } from './flow-log-error.ts';

const TEXT = Array.from({ length: 20_000 }, (_, n) => `line ${n} of a log\n`).join('');

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function textOf(
  chunks: AsyncIterable<Uint8Array>,
  into: { text: string } = { text: '' },
): Promise<string> {
  for await (const chunk of chunks) into.text += Buffer.from(chunk).toString();
  return into.text;
}

describe('logs that may be compressed', () => {
  it('gives plain and compressed logs alike, in any chunks', async () => {
    for (const size of [1, 1000, 1 << 20]) {
      const short = TEXT.slice(0, 20 * size + 100);
      assert.equal(await textOf(decompressed(chunksOf(Buffer.from(short), size))), short);
      assert.equal(await textOf(decompressed(chunksOf(gzipSync(short), size))), short);
    }
    assert.equal(await textOf(decompressed(chunksOf(new Uint8Array(0), 1))), '');
  });

  it('reads several compressed files in a row as one', async () => {
    const both = Buffer.concat([gzipSync('first\n'), gzipSync('second\n')]);
    assert.equal(await textOf(decompressed(chunksOf(both, 7))), 'first\nsecond\n');
  });

  it('gives what it can of a file that was cut, then says so', async () => {
    const whole = gzipSync(TEXT);
    const read = { text: '' };
    await assert.rejects(
      textOf(decompressed(chunksOf(whole.subarray(0, whole.length >> 1), 5000)), read),
      (error) => {
        assert.ok(error instanceof FlowLogError);
        assert.equal(error.message, 'the gzip file is cut: its end is missing');
        return true;
      },
    );
    assert.ok(read.text.length > TEXT.length / 4);
    assert.ok(TEXT.startsWith(read.text));
  });

  it('names a broken file', async () => {
    const whole = gzipSync(TEXT);
    whole.fill(0xff, 2000, 3000);
    await assert.rejects(textOf(decompressed(chunksOf(whole, 5000))), { message: 'the gzip file is broken' });
  });

  it('passes an error of the source on', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield gzipSync('a');
      throw new Error('the disk went away');
    }
    await assert.rejects(textOf(decompressed(failing())), { message: 'the disk went away' });
  });
});
