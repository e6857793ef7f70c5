import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseEvent } from './wire-event.ts';
import {
  parseContainer,
  parseContainerList,
  parseImageContent,
  parseImageList,
  parseNetworkAddresses,
  parseNetworkList,
  parseRunDirectory,
  parseVersion,
} from './wire.ts';

const text = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const recorded = (name: string): unknown => JSON.parse(text(name));

const ID = 'a66a94cbc048fe6f57e8418e76d32110ab60026e7c21aa30ae56c883eaa06889';

describe('answers of podman 4.3.1, as recorded', () => {
  it('version', () => {
    assert.deepEqual(parseVersion(recorded('podman-version.json')), {
      product: 'podman',
      version: '4.3.1',
      apiVersion: '1.41',
      minimumApiVersion: '1.24',
    });
  });

  it('container: in two networks, with published ports, and nothing of its environment', () => {
    const container = parseContainer(recorded('podman-container.json'));
    assert.ok(container);
    const { labels, startedAt, pid, ...rest } = container;
    assert.deepEqual(rest, {
      id: ID,
      name: 'web',
      imageName: 'localhost/busy:1',
      imageId: 'sha256:1c0cd3193f91fb94f733608f450690495784c8666ca695313d00ec272df7a66d',
      networkMode: 'bridge',
      networks: [
        { name: 'ctone', ips: ['10.201.7.8', 'fd00:c0:1::8'] },
        { name: 'cttwo', ips: ['10.201.8.5'] },
      ],
      ports: [
        { hostIp: '127.0.0.1', hostPort: 18080, port: 80, protocol: 'tcp' },
        { hostIp: '', hostPort: 18081, port: 81, protocol: 'udp' },
      ],
      extraHosts: ['db:10.0.0.9'],
      state: 'running',
      finishedAt: null,
    });
    assert.equal(labels['app'], 'web');
    assert.ok(pid !== null && startedAt !== null);
    assert.ok(!JSON.stringify(rest).includes('hunter2'));
  });

  it('container list', () => {
    assert.deepEqual(parseContainerList(recorded('podman-container-list.json')), [{ id: ID, alive: true }]);
  });

  it('images', () => {
    const [image] = parseImageList(recorded('podman-image-list.json')).filter(({ names }) =>
      names.includes('localhost/busy:1'),
    );
    assert.deepEqual(image, {
      id: 'sha256:1c0cd3193f91fb94f733608f450690495784c8666ca695313d00ec272df7a66d',
      names: ['localhost/busy:1'],
      digests: ['localhost/busy@sha256:64fe878fff85e459f94308450470187729707dbf98ebb5c799e167f990cada39'],
      labels: { 'org.opencontainers.image.title': 'busy', secret: 'x' },
      sizeBytes: 1_997_958,
    });
    assert.deepEqual(parseImageContent(recorded('podman-image.json')), {
      diffIds: ['sha256:06e67e71f3c5a43ecfc725f1cac72e0dffc16de0e4434f7c871206c5cdb8d91e'],
      created: Date.parse('2026-11-22T08:53:27Z') + 409.130799,
      platform: 'linux/amd64',
    });
  });

  it('networks and the run directory', () => {
    assert.deepEqual(parseNetworkList(recorded('podman-network-list.json')), [
      { name: 'cttwo', subnets: ['10.201.8.0/27'] },
      { name: 'podman', subnets: ['10.88.0.0/16'] },
      { name: 'ctone', subnets: ['10.201.7.0/27', 'fd00:c0:1::/64'] },
    ]);
    assert.equal(
      parseRunDirectory(recorded('podman-info.json')),
      '/run/containers/storage/overlay-containers',
    );
  });

  it('events: one short container, then a restart, a second network, a pause, a kill and a new name', () => {
    const events = text('podman-events.jsonl').trim().split('\n').map(parseEvent);
    const actions = events.map((event) => (event?.kind === 'container' ? event.action : event?.kind));
    assert.deepEqual(actions, [
      ...['create', 'image', 'other', 'start', 'other', 'die', 'remove'],
      ...['other', 'die', 'other', 'other', 'start', 'connect', 'disconnect', 'pause', 'unpause'],
      ...['other', 'die', 'other', 'other'],
    ]);
    const start = events[3];
    assert.ok(start?.kind === 'container');
    assert.equal(start.name, 'b');
    assert.equal(start.imageName, 'localhost/busy:1');
    assert.ok(Math.abs(start.at - 1_795_337_727_727.967) < 0.001);
  });
});

describe('answers of Docker 20.10.24, as recorded', () => {
  const WEB = 'c63d4ff079234b496ac1c0d27a98a7ad3b69a769a2b99b811e21b1cf0b4c1111';
  const IMAGE = 'sha256:3ce71fc4e931fe7c28226173e9a16bace24c4e7158493f27a456e827dbf65dca';

  it('version', () => {
    assert.deepEqual(parseVersion(recorded('docker-version.json')), {
      product: 'docker',
      version: '20.10.24+dfsg1',
      apiVersion: '1.41',
      minimumApiVersion: '1.12',
    });
  });

  it('container: paused and resumed, in two networks, with published ports, and no secret', () => {
    const container = parseContainer(recorded('docker-container.json'));
    assert.ok(container);
    const { labels, startedAt, finishedAt, pid, ...rest } = container;
    assert.deepEqual(rest, {
      id: WEB,
      name: 'web',
      imageName: 'busy:1',
      imageId: IMAGE,
      networkMode: 'ctone',
      networks: [
        { name: 'ctone', ips: ['10.201.7.2', 'fd00:c0:1::2'] },
        { name: 'cttwo', ips: ['10.201.8.2'] },
      ],
      ports: [
        { hostIp: '127.0.0.1', hostPort: 18080, port: 80, protocol: 'tcp' },
        { hostIp: '0.0.0.0', hostPort: 18081, port: 81, protocol: 'udp' },
        { hostIp: '::', hostPort: 18081, port: 81, protocol: 'udp' },
      ],
      extraHosts: ['db:10.0.0.9'],
      state: 'running',
    });
    assert.equal(labels['app'], 'web');
    assert.equal(pid, 25_458);
    // It was restarted: it runs, and has finished before.
    assert.ok(startedAt !== null && finishedAt !== null && finishedAt < startedAt);
    assert.ok(!JSON.stringify(rest).includes('hunter2'));
    assert.deepEqual(parseContainerList(recorded('docker-container-list.json')), [{ id: WEB, alive: true }]);
  });

  it('images: one without a registry’s digest', () => {
    assert.deepEqual(parseImageList(recorded('docker-image-list.json')), [
      {
        id: IMAGE,
        names: ['busy:1'],
        digests: [],
        labels: { 'org.opencontainers.image.title': 'busy', secret: 'x' },
        sizeBytes: 1_982_347,
      },
    ]);
    assert.equal(parseImageContent(recorded('docker-image.json')).diffIds.length, 1);
  });

  it('a network says which addresses a container has in it', () => {
    const network = recorded('docker-network.json');
    assert.deepEqual(parseNetworkAddresses(network, WEB), ['10.201.7.2', 'fd00:c0:1::2']);
    assert.deepEqual(parseNetworkAddresses(network, ID), []);
  });

  it('events: one short container, then a second network, a restart, a pause, a kill and a new name', () => {
    const events = text('docker-events.jsonl').trim().split('\n').map(parseEvent);
    const actions = events.map((event) => (event?.kind === 'container' ? event.action : event?.kind));
    assert.deepEqual(actions, [
      ...['image', 'image', 'other', 'other'],
      ...['create', 'other', 'connect', 'start', 'die', 'disconnect', 'remove'],
      ...['create', 'connect', 'start', 'connect', 'other', 'other', 'die', 'disconnect', 'disconnect'],
      ...['other', 'connect', 'connect', 'start', 'other', 'disconnect', 'disconnect', 'connect'],
      ...['pause', 'unpause', 'other', 'die', 'disconnect', 'disconnect', 'rename'],
    ]);
    const connect = events[6];
    assert.ok(connect?.kind === 'container');
    assert.equal(connect.id, '97f3da72f075e95086d28020ab54904b63164e0e0fdd8f595a3b3e699a07761b');
    assert.deepEqual(connect.network, {
      id: '33d6991954b89b5dc64ad49bcf442fcbaf1b047d70799b469f1efb771c8fc469',
      name: 'ctone',
    });
  });
});

describe('answers that nobody should give', () => {
  const junk: readonly unknown[] = [
    null,
    7,
    'text',
    [],
    {},
    { Id: 7 },
    { Id: 'x' },
    [[[]]],
    { State: [] },
    [null],
  ];

  it('give nothing, and never an exception', () => {
    for (const answer of junk) {
      assert.equal(parseVersion(answer), null);
      assert.equal(parseContainer(answer), null);
      assert.deepEqual(parseContainerList(answer), []);
      assert.deepEqual(parseImageList(answer), []);
      assert.equal(parseRunDirectory(answer), null);
      parseImageContent(answer);
      parseNetworkList(answer);
      assert.deepEqual(parseNetworkAddresses(answer, ID), []);
    }
  });

  it('a container of which everything but the id is nonsense is still known', () => {
    const container = parseContainer({
      Id: ID,
      Name: 7,
      State: { Pid: -1, StartedAt: 'yesterday' },
      NetworkSettings: {
        Networks: { a: null, b: 'x' },
        Ports: { '80/sctp': [{}], 'x/tcp': [{ HostPort: '1' }] },
      },
      Config: { Labels: [] },
    });
    assert.deepEqual(container?.networks, [
      { name: 'a', ips: [] },
      { name: 'b', ips: [] },
    ]);
    assert.deepEqual(container?.ports, []);
    assert.equal(container?.pid, null);
  });

  it('lines that are no events are told from events that do not matter', () => {
    for (const line of ['', '{', '[]', '{}', '{"Type":"container"}', 'HTTP/1.1'])
      assert.equal(parseEvent(line), null);
    assert.deepEqual(parseEvent('{"Type":"volume","Action":"create","timeNano":1}'), { kind: 'other' });
    assert.deepEqual(parseEvent('{"Type":"container","Action":"start","Actor":{"ID":"../x"},"timeNano":1}'), {
      kind: 'other',
    });
  });
});
