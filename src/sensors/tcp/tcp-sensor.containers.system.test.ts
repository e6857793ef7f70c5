import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { containerInstanceId, loopbackScope } from '#model';
import { BUSYBOX_IMAGE, startPodman, type Podman } from '../../../test/podman/podman.ts';
import { ObservedSensor } from '../sensor.conformance.ts';
import { createTcpSensor } from './tcp-sensor.ts';

const PORT = 8_080;

describe('tcp sensor on containers of podman', () => {
  const observed = new ObservedSensor(createTcpSensor({ node: 'test-node', clock: Date.now }));
  let podman: Podman;

  const teardown = new AsyncDisposableStack();
  before(async () => {
    teardown.defer(() => observed.stop());
    podman = await startPodman();
    teardown.defer(() => podman.stop());
    await podman.buildImage();
    await observed.until('live', (event) => event.kind === 'state' && event.data.state === 'live');
  });
  after(() => teardown.disposeAsync());

  it('names both containers of a connection, and the one that talks to itself', async () => {
    const network = await podman.createNetwork();
    const serve = ['httpd', '-f', '-p', String(PORT)];
    const run = (...words: readonly string[]) => podman.command('run', '--network', network.name, ...words);
    const server = await run('-d', '--ip', network.address(9), BUSYBOX_IMAGE, ...serve);
    const fetch = (address: string) => ['wget', '-q', '-O', '-', `http://${address}:${PORT}/`];
    // There is no page: the answer is an error, after a connection.
    await run('--name', 'client', BUSYBOX_IMAGE, ...fetch(network.address(9))).catch(() => undefined);
    await podman.command('exec', server, ...fetch('127.0.0.1')).catch(() => undefined);
    const client = await podman.command('inspect', '--format', '{{.Id}}', 'client');
    await observed.settled();

    const to = (ip: string) =>
      observed.flows.filter((flow) => flow.server.ip === ip && flow.server.port === PORT);
    const between = to(network.address(9)).filter((flow) => flow.connections === 1);
    assert.deepEqual(between.map((flow) => flow.seenFrom).toSorted(), ['client', 'server']);
    for (const flow of between) {
      const [own, id] = flow.seenFrom === 'client' ? [flow.client, client] : [flow.server, server];
      assert.deepEqual(own.holder, { kind: 'container', id });
    }
    const scope = loopbackScope(containerInstanceId(server));
    const inside = to('127.0.0.1').filter((flow) => flow.client.scope === scope && flow.connections === 1);
    assert.deepEqual(
      inside.map((flow) => flow.server.scope),
      [scope, scope],
    );
  });
});
