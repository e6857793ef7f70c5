import assert from 'node:assert/strict';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { send, startServer } from '../../test/fakes/server.ts';
import type { StartedServer } from '../../test/fakes/server.ts';

interface Event {
  readonly event: string;
  readonly id: string;
  readonly data: { readonly subject?: { readonly id: string } };
}

/** Reads events one after the other; comments come as null. */
async function openEvents(socketPath: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const path = '/api/v1/events';
    get({ socketPath, path, headers: { host: 'localhost', ...headers }, agent: false }, resolve).on(
      'error',
      reject,
    );
  });
  const frames = readFrames(response);
  return {
    headers: response.headers,
    async next(): Promise<Event | null | 'end'> {
      const { done, value } = await frames.next();
      return done ? 'end' : value;
    },
    stop: () => response.destroy(),
  };
}

async function* readFrames(response: IncomingMessage): AsyncGenerator<Event | null, undefined> {
  let text = '';
  for await (const part of response) {
    text += String(part);
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) yield parseFrame(frame);
  }
}

function parseFrame(frame: string): Event | null {
  if (frame.startsWith(':')) return null;
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1] ?? '';
  return { event: field('event'), id: field('id'), data: JSON.parse(field('data')) as Event['data'] };
}

describe('the event stream', () => {
  let started: StartedServer;
  afterEach(() => started.stop());

  it('begins with where it is, and then gives what is recorded', async () => {
    started = await startServer();
    started.changes.record('before');
    const events = await openEvents(started.socketPath);
    assert.equal(events.headers['content-type'], 'text/event-stream');
    assert.deepEqual(await events.next(), { event: 'ready', id: '0:1', data: { audit: 0, observations: 1 } });
    started.changes.record('after');
    const event = await events.next();
    assert.ok(event !== null && event !== 'end');
    assert.deepEqual([event.event, event.id, event.data.subject?.id], ['change', '0:2', 'after']);
    events.stop();
  });

  it('resumes behind the last event that a client has seen, without a gap or a repetition', async () => {
    started = await startServer();
    for (let index = 1; index <= 1000; index++) started.changes.record(`instance-${index}`);
    const events = await openEvents(started.socketPath, { 'last-event-id': '0:400' });
    const seen: string[] = [];
    while (seen.length < 601) {
      const event = await events.next();
      assert.ok(event !== null && event !== 'end');
      seen.push(event.id);
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 601 }, (_, index) => `0:${400 + index}`),
    );
    events.stop();
  });

  it('tells a client to start again when its position does not exist here', async () => {
    started = await startServer();
    started.changes.record('one');
    const events = await openEvents(started.socketPath, { 'last-event-id': '0:99' });
    assert.deepEqual(await events.next(), { event: 'reset', id: '0:1', data: { audit: 0, observations: 1 } });
    events.stop();
  });

  it('tells a client to start again when what it has not seen was dropped', async () => {
    started = await startServer();
    for (const id of ['one', 'two', 'three']) started.changes.record(id);
    started.changes.begins = () => ({ audit: 0, observations: 2 });
    for (const [id, event] of [
      ['0:1', 'reset'],
      ['0:2', 'ready'],
    ] as const) {
      const events = await openEvents(started.socketPath, { 'last-event-id': id });
      const first = await events.next();
      assert.ok(first !== null && first !== 'end');
      assert.equal(first.event, event, id);
      events.stop();
    }
  });

  it('keeps a quiet stream alive with comments', async () => {
    started = await startServer({ server: { limits: { heartbeatMs: 10 } } });
    const events = await openEvents(started.socketPath);
    await events.next();
    assert.equal(await events.next(), null);
    assert.equal(await events.next(), null);
    events.stop();
  });

  it('stops watching when the client has gone', async () => {
    started = await startServer();
    const events = await openEvents(started.socketPath);
    await events.next();
    assert.equal(started.changes.watchers(), 1);
    events.stop();
    while (started.changes.watchers() > 0) await wait(5);
  });

  it('goes on where the server listens after a port was taken', async (t) => {
    started = await startServer();
    const taken = createTcpServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    t.after(() => taken.close());
    // It listens on an IP address, so the address is an object.
    const { port } = taken.address() as AddressInfo;
    const { server, socketPath, changes } = started;
    await assert.rejects(server.listen({ socketPath: null, port }), { code: 'state-in-use' });
    await server.listen({ socketPath, port: 0 });
    const events = await openEvents(socketPath);
    await events.next();
    changes.record('later');
    const event = await events.next();
    assert.ok(event !== null && event !== 'end');
    assert.equal(event.event, 'change');
    events.stop();
  });

  it('is over for the server when it fails, or when only its head was asked for', async () => {
    started = await startServer();
    const { changes, socketPath } = started;
    const head = await send({ socketPath, path: '/api/v1/events', method: 'HEAD' });
    assert.equal(head.headers['content-type'], 'text/event-stream');
    assert.equal(changes.watchers(), 0);
    const events = await openEvents(socketPath);
    await events.next();
    changes.since = () => {
      throw new Error('the disk failed');
    };
    changes.record('one');
    while (changes.watchers() > 0) await wait(5);
    events.stop();
  });

  it('ends when the server closes', async () => {
    started = await startServer();
    const events = await openEvents(started.socketPath);
    await events.next();
    await started.server.close();
    assert.equal(await events.next(), 'end');
    assert.equal(started.changes.watchers(), 0);
  });
});
