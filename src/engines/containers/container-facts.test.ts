import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressData, instanceData, networksOf, type ContainerRun } from './container-facts.ts';

const network = { name: 'shop', ips: [] };

const modes: readonly (readonly [string, string, readonly string[], boolean])[] = [
  ['a network', 'bridge', ['shop'], true],
  ['the node’s own', 'host', ['host'], false],
  ['none', 'none', ['none'], false],
  ['that of another container', 'container:abc', ['container:abc'], false],
  ['a user-mode stack, whatever its options', 'slirp4netns:port_handler=slirp4netns', ['slirp4netns'], false],
];

describe('how a container meets the network', () => {
  for (const [what, networkMode, networks, addressed] of modes) {
    it(what, () =>
      assert.deepEqual(networksOf({ networkMode, networks: [network] }), { networks, addressed }),
    );
  }
});

describe('published ports', () => {
  const run: ContainerRun = {
    id: 'a'.repeat(64),
    name: 'web',
    imageName: 'web:1',
    imageId: null,
    labels: {},
    networks: ['shop'],
    addressed: true,
    addresses: [
      { network: 'shop', ip: '10.0.0.2' },
      { network: 'shop', ip: 'fd00::2' },
    ],
    ports: [{ hostIp: '', hostPort: 8080, port: 80, protocol: 'tcp' }],
    pid: null,
    cgroup: null,
    paused: false,
  };
  const published = (changed: Partial<ContainerRun>): unknown =>
    [...addressData({ ...run, ...changed }, 'n').values()]
      .filter(({ port }) => port !== null)
      .map(({ scope, ip, port, forwardsTo }) => [scope, ip, port, forwardsTo]);

  it('on every address of the node are on those of both families', () => {
    assert.deepEqual(published({}), [
      ['host/n', '0.0.0.0', 8080, { ip: '10.0.0.2', port: 80 }],
      ['host/n', '::', 8080, { ip: 'fd00::2', port: 80 }],
    ]);
  });

  it('on one address are on that one', () => {
    const ports = [{ hostIp: '127.0.0.1', hostPort: 8080, port: 80, protocol: 'tcp' as const }];
    assert.deepEqual(published({ ports }), [['host/n', '127.0.0.1', 8080, { ip: '10.0.0.2', port: 80 }]]);
  });

  it('of a container whose address is not known lead to a place that is not known', () => {
    assert.deepEqual(published({ addresses: [] }), [['host/n', '0.0.0.0', 8080, undefined]]);
  });

  it('of another’s network namespace are that other’s', () => {
    assert.deepEqual(published({ addressed: false }), []);
  });
});

describe('the labels of a container', () => {
  const run: ContainerRun = {
    id: 'a'.repeat(64),
    name: 'web',
    imageName: 'web:1',
    imageId: null,
    labels: { team: 'shop', 'com.example.tier': 'gold', password: 'hunter2' },
    networks: ['shop'],
    addressed: true,
    addresses: [],
    ports: [],
    pid: null,
    cgroup: null,
    paused: false,
  };
  const reporter = { engine: 'docker', node: 'n' };

  it('are recorded from the allow-list only', () => {
    assert.deepEqual(instanceData(run, reporter).labels, { team: 'shop' });
  });

  it('are recorded too where users allowed them by name', () => {
    const labels = (): ReadonlySet<string> => new Set(['com.example.tier']);
    assert.deepEqual(instanceData(run, { ...reporter, labels }).labels, {
      'com.example.tier': 'gold',
      team: 'shop',
    });
  });
});
