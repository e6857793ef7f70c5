import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Flow } from '#model';
import { HalfBook } from './half-book.ts';

/** One half of a connection on loopback, in a namespace. */
function half(seenFrom: 'client' | 'server', scope: string | null, at: number): Flow {
  return {
    kind: 'flow',
    at,
    protocol: 'tcp',
    client: { ip: '127.0.0.1', port: 40_000, scope, holder: null },
    server: { ip: '127.0.0.1', port: 6379, scope, holder: null },
    translated: null,
    seenFrom,
    verdict: 'established',
    connections: 1,
    bytes: null,
  };
}

describe('server halves', () => {
  const rows: readonly (readonly [
    what: string,
    halves: readonly Flow[],
    client: Flow,
    taken: number | null,
  ])[] = [
    [
      'the nearest in time',
      [half('server', null, 90), half('server', null, 101)],
      half('client', null, 100),
      1,
    ],
    [
      'of the same namespace, although another namespace has one that is nearer',
      [half('server', 'loopback/container/b', 100), half('server', 'loopback/container/a', 120)],
      half('client', 'loopback/container/a', 100),
      1,
    ],
    [
      'of the other container of a pod, whose namespace they share',
      [half('server', 'loopback/container/b', 100)],
      half('client', 'loopback/container/a', 100),
      0,
    ],
    ['none that is too long ago', [half('server', null, 100)], half('client', null, 5000), null],
  ];
  for (const [what, halves, client, taken] of rows) {
    it(`belong to a client half: ${what}`, () => {
      const book = new HalfBook();
      for (const each of halves) book.add(each);
      assert.equal(book.matching(client), taken === null ? null : halves[taken]);
      assert.deepEqual(
        halves.map((each) => book.take(each)),
        halves.map((_, index) => index !== taken),
        'it is taken out, the others stay',
      );
    });
  }
});
