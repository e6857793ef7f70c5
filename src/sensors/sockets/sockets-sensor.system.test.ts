import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { Flow, FlowHolder } from '#model';

import { until } from '../../../test/fakes/until.ts';
import { NetworkNamespace } from '../../../test/processes/network-namespace.ts';
import { StartedProcesses } from '../../../test/processes/started-processes.ts';
import { TcpTargets } from '../../../test/processes/tcp-targets.ts';
import { describeSensor } from '../sensor.conformance.ts';
import { createSocketsSensor } from './sockets-sensor.ts';
import { WatchedFlows } from './watched-flows.fixture.ts';

describe('the sockets sensor, on this machine', () => {
  const started = new StartedProcesses();
  const targets = new TcpTargets();
  const namespace = new NetworkNamespace();
  let watched: WatchedFlows;
  const teardown = new AsyncDisposableStack();
  before(async () => {
    namespace.create();
    teardown.defer(() => namespace.delete());
    teardown.defer(() => targets.close());
    teardown.defer(() => started.end());
    watched = new WatchedFlows(createSocketsSensor({ node: 'box', clock: Date.now, intervalMs: 100 }));
    teardown.defer(() => watched.stop());
    await watched.looks.more(1);
  });
  after(() => teardown.disposeAsync());

  const both = (isOurs: (flow: Flow) => boolean): readonly [Flow[], Flow[]] => [
    watched.seenFrom('client').filter(isOurs),
    watched.seenFrom('server').filter(isOurs),
  ];
  const pid = (holder: FlowHolder | null | undefined): number | null =>
    holder?.kind === 'process' ? holder.pid : null;

  for (const host of ['127.0.0.1', '::1']) {
    it(`names both processes of a connection to ${host}, once each`, async () => {
      const target = await targets.listen(host);
      const client = started.start('busybox', 'nc', host, String(target.port));
      await target.connected;
      const ours = ({ server }: Flow): boolean => server.ip === host && server.port === target.port;
      await until(() => both(ours).every((flows) => flows.length > 0));
      await watched.looks.more(2);
      const [clients, servers] = both(ours);
      assert.deepEqual([clients.length, servers.length], [1, 1]);
      assert.equal(pid(clients[0]?.client.holder), client.pid);
      assert.equal(pid(servers[0]?.server.holder), process.pid);
      assert.equal(clients[0]?.client.port, servers[0]?.client.port);
    });
  }

  it('sees a connection inside another network namespace', async () => {
    const inside = ['netns', 'exec', namespace.name, 'busybox', 'nc'];
    // The accepted connection is handed to a program that keeps it open.
    const server = started.start('ip', ...inside, '-l', '-p', '8098', '-e', 'sleep', '600');
    const scope = `network/box/netns-${namespace.inode()}`;
    const ours = (flow: Flow): boolean => flow.server.port === 8098 && flow.server.scope === scope;
    // The listener may not be there yet when the client comes.
    const retry = `until ip ${inside.join(' ')} 127.0.0.1 8098; do sleep 0.1; done`;
    started.start('sh', '-c', retry);
    await until(() => both(ours).every((flows) => flows.length > 0));
    assert.equal(pid(both(ours)[1][0]?.server.holder), server.pid);
  });
});

const conformanceTargets = new TcpTargets();
const clients = new StartedProcesses();
after(async () => {
  await clients.end();
  conformanceTargets.close();
});

describeSensor('sockets', {
  create: () => createSocketsSensor({ node: 'box', clock: Date.now, intervalMs: 100 }),
  traffic: async () => {
    const target = await conformanceTargets.listen();
    clients.start('busybox', 'nc', '127.0.0.1', String(target.port));
    await target.connected;
    return ({ server }) => server.port === target.port;
  },
});
