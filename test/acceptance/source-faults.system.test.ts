import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { HistoryEntry, InstanceAnswer, SourceAnswer } from '#model';
import { BUSYBOX_IMAGE, startPodman, type Podman } from '../podman/podman.ts';
import { descendantsOf } from './processes-of.ts';
import { eventually, Product, sourceIs, sourceIsLive } from './product.ts';

describe('a container engine that fails', () => {
  let podman: Podman;
  let sheer: Product;
  const teardown = new AsyncDisposableStack();
  before(async () => {
    podman = await startPodman();
    teardown.defer(() => podman.stop());
    await podman.buildImage();
    sheer = await Product.start({
      engines: ['podman'],
      environment: { DOCKER_HOST: `unix://${podman.socketPath}` },
    });
    teardown.use(sheer);
    await sourceIsLive(sheer, 'podman');
  });
  after(() => teardown.disposeAsync());

  const start = (): Promise<string> => podman.command('run', '--detach', BUSYBOX_IMAGE, 'sleep', '600');
  const instances = () => sheer.ask<readonly InstanceAnswer[]>('instances');
  const isKnown = (id: string) =>
    eventually(`container ${id} is known`, async () =>
      (await instances()).find((instance) => instance.id === `container/${id}`),
    );
  const hasEnded = (id: string) =>
    eventually(`container ${id} has ended`, async () =>
      (await instances()).some((each) => each.id === `container/${id}` && each.state === 'running')
        ? null
        : true,
    );

  it('shows a gap while it is down, and has lost nothing when it is back', async () => {
    const [staying, ending] = [await start(), await start()];
    await isKnown(staying);
    await isKnown(ending);
    await podman.stopService('SIGKILL');
    const gap = await sourceIs(sheer, 'podman', ({ state }) => state === 'gap');
    assert.match(gap.reason ?? '', /\S/);
    const meanwhile = await start();
    const momentary = await podman.command('run', '--detach', BUSYBOX_IMAGE, 'true');
    await podman.command('rm', '--force', '--time', '0', ending);
    await podman.startService();
    await sourceIsLive(sheer, 'podman');
    await isKnown(meanwhile);
    await hasEnded(ending);
    const { since } = await isKnown(staying);
    assert.ok(Date.parse(since) < Date.parse(gap.lastHeard ?? ''), 'what stayed is still the same');
    const history = await eventually('the one that lived a moment is known', () =>
      sheer.ask<readonly HistoryEntry[]>(`history?subject=container/${momentary}`).catch(() => null),
    );
    assert.ok(history.some(({ what }) => what === 'end') || (await isKnown(momentary)).state === 'exited');
    const about = await sheer.ask<readonly HistoryEntry[]>('history?subject=podman&limit=50');
    assert.ok(
      about.some(({ changes }) => changes.some(({ field, to }) => field === 'state' && to === 'gap')),
      'the gap stays on record',
    );
  });

  it('is stale or has a gap within 30 s when it hangs, and goes on', async () => {
    const pid = podman.servicePid ?? -1;
    process.kill(pid, 'SIGSTOP');
    try {
      const since = performance.now();
      await sourceIs(sheer, 'podman', ({ state }) => state === 'stale' || state === 'gap');
      assert.ok(performance.now() - since < 30_000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await sourceIsLive(sheer, 'podman');
    await isKnown(await start());
  });
});

describe('a helper that fails', () => {
  it('shows as a gap, and is started again', async () => {
    const sheer = await Product.start({ engines: ['processes'] });
    try {
      await sourceIsLive(sheer, 'tcp');
      const states: SourceAnswer[] = [];
      const bpftrace = () => descendantsOf(sheer.pid).find(({ command }) => command === 'bpftrace');
      const first = bpftrace();
      assert.ok(first !== undefined);
      process.kill(first.pid, 'SIGKILL');
      const gap = await sourceIs(sheer, 'tcp', (source) => {
        states.push(source);
        return source.state === 'gap';
      });
      assert.match(gap.reason ?? '', /bpftrace was ended by SIGKILL; it is started again/);
      await sourceIsLive(sheer, 'tcp');
      assert.notEqual(bpftrace()?.pid, first.pid);
    } finally {
      await sheer.stop();
    }
  });
});
