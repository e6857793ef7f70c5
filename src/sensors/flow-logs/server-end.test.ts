import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { AddressResolver } from './address-resolver.ts';
import { fixtureResolver } from './flow-log.fixtures.ts';
import { FlowLine } from './flow-line.ts';
import { sourceServes } from './server-end.ts';

function lineOf(
  protocol: number,
  source: readonly [number, number],
  target: readonly [number, number],
): FlowLine {
  const line = new FlowLine();
  line.protocol = protocol;
  [line.client.ipv4, line.client.port] = source;
  [line.server.ipv4, line.server.port] = target;
  return line;
}

describe('which end of a packet record is the server', () => {
  const listensOn40000: AddressResolver = { ...fixtureResolver, listens: (_, port) => port === 40_000 };
  const table: readonly (readonly [
    string,
    readonly [number, number],
    readonly [number, number],
    AddressResolver,
    boolean,
  ])[] = [
    ['a well-known port serves an ephemeral one', [1, 443], [2, 51_000], fixtureResolver, true],
    ['a well-known port serves a registered one', [1, 22], [2, 8080], fixtureResolver, true],
    ['a registered port serves an ephemeral one', [1, 8080], [2, 33_000], fixtureResolver, true],
    ['a known listener serves, whatever the ports', [1, 40_000], [2, 8080], listensOn40000, true],
    ['but a well-known port is the server anyway', [1, 40_000], [2, 80], listensOn40000, false],
    ['of two alike the lower port serves', [1, 5000], [2, 9000], fixtureResolver, true],
    ['of two equal ports the lower address serves', [1, 7946], [2, 7946], fixtureResolver, true],
  ];
  for (const [sentence, source, target, resolver, serves] of table) {
    it(`${sentence}, in both directions`, () => {
      assert.equal(sourceServes(lineOf(6, source, target), resolver), serves);
      assert.equal(sourceServes(lineOf(6, target, source), resolver), !serves);
    });
  }

  it('without ports, who sends is the client', () => {
    assert.equal(sourceServes(lineOf(1, [1, 0], [2, 0]), fixtureResolver), false);
    assert.equal(sourceServes(lineOf(1, [2, 0], [1, 0]), fixtureResolver), false);
  });
});
