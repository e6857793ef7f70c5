import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fact } from '#model';
import { FactBuilder, liveSource, NETWORK, nodeData } from './fact-builder.fixture.ts';
import { Graph } from './graph.ts';
import { Locator, type Place } from './locate.ts';

const HOST = 'host/n';
const node = { kind: 'node', id: 'n' } as const;

/** `instance a`, `node n`, `external x`, `ambiguous a, b` or `unknown: reason`. */
function who(
  facts: readonly Fact[],
  place: Partial<Place> & { readonly ip: string },
  settledUntil = 1000,
): string {
  const graph = new Graph();
  graph.apply('observations', facts);
  const locator = new Locator({
    graph,
    node: 'n',
    externals: (ip) => (ip.startsWith('8.') ? { name: 'internet', declared: false } : null),
    settledUntil: () => settledUntil,
  });
  const located = locator.locate({ port: null, protocol: null, scope: null, at: 50, ...place });
  if (located.kind === 'external') return `external ${located.name}`;
  if (located.kind === 'unknown') return `unknown: ${located.reason}`;
  if (located.kind === 'holder')
    return `${graph.facts.subjectKind(located.holder)} ${graph.facts.subjectId(located.holder)}`;
  const holders = located.holdings.map((one) => one.statement.data.holder.id);
  return `ambiguous ${holders.toSorted().join(', ')}`;
}

function engine(): { readonly said: FactBuilder; readonly start: readonly Fact[] } {
  const said = new FactBuilder();
  const start = [
    said.assert('source', 'podman', 10, liveSource),
    said.assert('node', 'n', 0, nodeData),
    said.address('192.0.2.1', 'n', 0, { scope: HOST, holder: node }),
    said.address('10.88.0.9', 'other', 0),
  ];
  return { said, start };
}

describe('an address', () => {
  it('is uncertain from when its source was interrupted, until that is back and says the same', () => {
    const { said, start } = engine();
    const held = [...start, said.address('10.88.0.2', 'a', 20)];
    const gap = said.assert('source', 'podman', 40, { ...liveSource, state: 'gap', reason: 'gone' });
    assert.equal(who([...held, gap], { ip: '10.88.0.2', at: 30 }), 'instance a');
    assert.equal(who([...held, gap], { ip: '10.88.0.2', at: 50 }), 'ambiguous a');
    assert.equal(who([...held, gap], { ip: '10.88.0.3', at: 50 }), 'unknown: feed-had-a-gap');
    const back = said.assert('source', 'podman', 60, liveSource);
    assert.equal(who([...held, gap, back], { ip: '10.88.0.2', at: 50 }), 'instance a');
  });

  it('is named by who held it then, not by who holds it now', () => {
    const { said, start } = engine();
    const facts = [
      ...start,
      said.address('10.88.0.2', 'a', 20),
      said.addressEnd('10.88.0.2', 'a', 40),
      said.address('10.88.0.2', 'b', 40),
    ];
    assert.equal(who(facts, { ip: '10.88.0.2', at: 39.9 }), 'instance a');
    assert.equal(who(facts, { ip: '10.88.0.2', at: 40 }), 'instance b');
    assert.equal(who(facts, { ip: '10.88.0.2', at: 900 }), 'instance b');
  });

  it('is ambiguous while nobody saw the end, with both candidates once it is reused', () => {
    const { said, start } = engine();
    const facts = [
      ...start,
      said.address('10.88.0.2', 'a', 20),
      said.addressEnd('10.88.0.2', 'a', 60, { lastSeen: 40, firstMissing: 60 }),
      said.address('10.88.0.2', 'b', 55),
    ];
    assert.equal(who(facts, { ip: '10.88.0.2', at: 30 }), 'instance a');
    assert.equal(who(facts, { ip: '10.88.0.2', at: 50 }), 'ambiguous a');
    assert.equal(who(facts, { ip: '10.88.0.2', at: 57 }), 'ambiguous a, b');
    assert.equal(who(facts, { ip: '10.88.0.2', at: 60 }), 'instance b');
  });

  it("that is published is the container's, although its engine keeps a process listening there", () => {
    const { said, start } = engine();
    const port = { scope: HOST, port: 8080, protocol: 'tcp' } as const;
    const facts = [
      ...start,
      said.address('0.0.0.0', 'conmon', 20, port),
      said.address('0.0.0.0', 'web', 20, { ...port, forwardsTo: { ip: '10.88.0.2', port: 80 } }),
    ];
    for (const ip of ['127.0.0.1', '192.0.2.1'])
      assert.equal(who(facts, { ip, port: 8080, at: 30 }), 'instance web');
  });

  it('is ambiguous when two networks of the node have it at once, and certain in the scope that is named', () => {
    const { said, start } = engine();
    const facts = [
      ...start,
      said.address('10.88.0.2', 'a', 20),
      said.address('10.88.0.2', 'b', 20, { scope: 'network/n/second' }),
    ];
    assert.equal(who(facts, { ip: '10.88.0.2' }), 'ambiguous a, b');
    assert.equal(who(facts, { ip: '10.88.0.2', scope: NETWORK }), 'instance a');
    assert.equal(who(facts, { ip: '10.88.0.2', scope: 'network/n/second' }), 'instance b');
  });

  it('with a port that is one program on TCP and another on UDP is ambiguous, unless the protocol is known', () => {
    const { said, start } = engine();
    const facts = [
      ...start,
      said.address('0.0.0.0', 'proxy', 20, { scope: HOST, port: 53, protocol: 'tcp' }),
      said.address('0.0.0.0', 'dns', 20, { scope: HOST, port: 53, protocol: 'udp' }),
    ];
    const place = { ip: '192.0.2.1', port: 53 };
    assert.equal(who(facts, place), 'ambiguous dns, proxy');
    assert.equal(who(facts, { ...place, protocol: 'udp' }), 'instance dns');
  });

  it('of IPv6 is not served by who listens on all IPv4 addresses', () => {
    const { said, start } = engine();
    const port = { scope: HOST, port: 80, protocol: 'tcp' } as const;
    const four = [...start, said.address('0.0.0.0', 'four', 20, port)];
    assert.equal(who(four, { ip: '::1', port: 80 }), 'node n');
    const both = [...four, said.address('::', 'six', 20, port)];
    assert.equal(who(both, { ip: '::1', port: 80 }), 'instance six');
    assert.equal(who(both, { ip: '127.0.0.1', port: 80 }), 'instance four');
  });

  it('with a port belongs to who listens on it, also on every address of the node', () => {
    const { said, start } = engine();
    const facts = [
      ...start,
      said.address('127.0.0.1', 'redis', 20, { scope: HOST, port: 6379, protocol: 'tcp' }),
      said.address('0.0.0.0', 'nginx', 20, { scope: HOST, port: 80, protocol: 'tcp' }),
    ];
    assert.equal(who(facts, { ip: '127.0.0.1', port: 6379 }), 'instance redis');
    assert.equal(who(facts, { ip: '192.0.2.1', port: 80 }), 'instance nginx');
    assert.equal(who(facts, { ip: '127.0.0.1', port: 80 }), 'instance nginx');
    assert.equal(who(facts, { ip: '::ffff:127.0.0.1', port: 80 }), 'instance nginx');
    assert.equal(who(facts, { ip: '192.0.2.1', port: 6379 }), 'node n');
    assert.equal(who(facts, { ip: '192.0.2.1' }), 'node n');
  });

  it('on a published port belongs to the container behind it', () => {
    const { said, start } = engine();
    const published = {
      scope: HOST,
      port: 8080,
      protocol: 'tcp',
      forwardsTo: { ip: '10.88.0.2', port: 80 },
    } as const;
    assert.equal(
      who([...start, said.address('0.0.0.0', 'web', 20, published)], { ip: '192.0.2.1', port: 8080 }),
      'instance web',
    );
  });

  it('of the loopback of a container is the container itself', () => {
    const { said, start } = engine();
    assert.equal(
      who([...start, said.instance('a', 20)], { ip: '127.0.0.1', port: 80, scope: 'loopback/a' }),
      'instance a',
    );
  });

  it('outside is an external', () => {
    assert.equal(who(engine().start, { ip: '8.8.8.8' }), 'external internet');
  });
});

describe('an unknown address says why', () => {
  const rows: readonly (readonly [
    string,
    string,
    readonly Fact[],
    Partial<Place> & { readonly ip: string },
  ])[] = [
    ['nobody held it', 'nobody-held-it', engine().start, { ip: '10.88.0.7' }],
    ['it is too early', 'before-observation-began', engine().start, { ip: '10.88.0.7', at: 5 }],
    ['it is too late to know', 'pending', engine().start, { ip: '10.88.0.7', at: 2000 }],
    ['the scope is foreign', 'scope-not-observed', engine().start, { ip: '10.88.0.7', scope: 'vpc/other' }],
  ];
  for (const [name, reason, facts, place] of rows) {
    it(`because ${name}`, () => assert.equal(who(facts, place), `unknown: ${reason}`));
  }

  it('because a public address of this node was in use before anything was observed', () => {
    const { said, start } = engine();
    const facts = [...start, said.address('8.8.8.8', 'a', 20)];
    assert.equal(who(facts, { ip: '8.8.8.8', at: 5 }), 'unknown: before-observation-began');
    assert.equal(who(facts, { ip: '8.8.8.8', at: 15 }), 'external internet', 'nobody held it then');
    assert.equal(who(start, { ip: '8.8.8.8', at: 5 }), 'external internet');
  });

  it('because the feed had a gap', () => {
    const { said, start } = engine();
    const facts = [
      ...start,
      said.assert('source', 'podman', 40, { ...liveSource, state: 'gap' }),
      said.assert('source', 'podman', 60, liveSource),
    ];
    assert.equal(who(facts, { ip: '10.88.0.7' }), 'unknown: feed-had-a-gap');
    assert.equal(who(facts, { ip: '10.88.0.7', at: 70 }), 'unknown: nobody-held-it');
  });

  it('because an instance was gone before its address could be read', () => {
    const { said, start } = engine();
    const facts = [
      ...start,
      said.instance('short', 45, { addressMissing: 'gone-before-it-could-be-read' }),
      said.end('instance', 'short', 55),
    ];
    assert.equal(who(facts, { ip: '10.88.0.7' }), 'unknown: gone-before-it-could-be-read');
    assert.equal(who(facts, { ip: '10.88.0.7', at: 60 }), 'unknown: nobody-held-it');
  });
});

describe('the graph', () => {
  it('answers the same after a snapshot was written and read', () => {
    const { said, start } = engine();
    const graph = new Graph();
    graph.apply('observations', [
      ...start,
      said.address('10.88.0.2', 'a', 20),
      said.addressEnd('10.88.0.2', 'a', 40),
    ]);
    const restored = Graph.fromParts(
      graph.parts().map((part) => part.slice()),
      graph.positions,
    );
    assert.ok(restored !== null);
    restored.apply('observations', [said.address('10.88.0.2', 'b', 50)]);
    const key = restored.addresses.keyOf(NETWORK, '10.88.0.2');
    assert.deepEqual(
      restored.addresses.runs(key).map((run) => [run.data.holder.id, run.since, run.until]),
      [
        ['a', 20, 40],
        ['b', 50, Number.POSITIVE_INFINITY],
      ],
    );
    assert.deepEqual(restored.positions, { audit: 0, observations: 7 });
  });
});
