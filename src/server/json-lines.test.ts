import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SheerError } from '#model';
import { jsonLines } from './json-lines.ts';

const told = (error: unknown) => ({
  code: 'internal' as const,
  message: error instanceof Error ? error.message : '',
  detail: [],
  next: null,
});

function options(heartbeatMs = 60_000) {
  return { told, heartbeatMs, stop: new AbortController() };
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

describe('lines of JSON', () => {
  it('come one by one, and end', async () => {
    async function* steps() {
      yield { step: 1 };
      yield { step: 2 };
    }
    assert.equal(await textOf(await jsonLines(steps(), options())), '{"step":1}\n{"step":2}\n');
  });

  it('are not begun where the first step is refused', async () => {
    const refused = new SheerError('not-found', 'no such place');
    const steps: AsyncIterable<unknown> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(refused) }),
    };
    await assert.rejects(jsonLines(steps, options()), { code: 'not-found' });
  });

  it('end with what went wrong later', async () => {
    async function* steps() {
      yield 1;
      throw new Error('disk full');
    }
    const lines = (await textOf(await jsonLines(steps(), options()))).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      [1, { kind: 'error', error: told(new Error('disk full')) }],
    );
  });

  it('are empty while there is nothing to say', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    async function* steps() {
      yield await promise;
    }
    const reader = (await jsonLines(steps(), options(1))).getReader();
    assert.deepEqual((await reader.read()).value, new TextEncoder().encode('\n'));
    resolve('done');
    let text = '';
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      text += new TextDecoder().decode(next.value);
    }
    assert.equal(text.trimStart(), '"done"\n');
  });

  it('are made no faster than they are read', async () => {
    let made = 0;
    async function* steps() {
      for (;;) yield made++;
    }
    const stream = await jsonLines(steps(), options());
    const reader = stream.getReader();
    await reader.read();
    await reader.read();
    assert.ok(made <= 4, `${made} steps for two lines`);
    await reader.cancel();
  });

  it('stop what makes them when the reader goes, in the middle of a step too', async () => {
    const asked = options();
    const ended = Promise.withResolvers<void>();
    async function* steps() {
      try {
        yield 1;
        // As long as nobody stops it.
        await new Promise<void>((resolve) => {
          asked.stop.signal.addEventListener('abort', () => resolve());
        });
        asked.stop.signal.throwIfAborted();
      } finally {
        ended.resolve();
      }
    }
    const reader = (await jsonLines(steps(), asked)).getReader();
    await reader.read();
    await reader.cancel();
    await ended.promise;
    assert.ok(asked.stop.signal.aborted);
  });
});
