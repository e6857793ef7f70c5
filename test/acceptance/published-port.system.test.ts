import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { CallAnswer, ServiceAnswer, WhoisAnswer } from '#model';
import { BUSYBOX_IMAGE, startPodman, type Podman, type PodmanNetwork } from '../podman/podman.ts';
import { eventually, Product, sourceIsLive } from './product.ts';

const execute = promisify(execFile);

/** Where the server listens in its container; another run of this test hardly has the same. */
const REAL_PORT = randomInt(8100, 9000);
const CALLS = 12;

describe('a container with a published port', () => {
  let podman: Podman;
  let network: PodmanNetwork;
  let sheer: Product;
  let published: number;
  let caller: string;

  const teardown = new AsyncDisposableStack();
  before(async () => {
    podman = await startPodman();
    teardown.defer(() => podman.stop());
    await podman.buildImage();
    network = await podman.createNetwork();
    const other = await podman.createNetwork();
    const script = `echo published > /etc/name; exec httpd -f -p ${REAL_PORT} -h /`;
    const serve = ['sh', '-c', script];
    const labels = ['--label', 'com.docker.compose.project=acceptance', '--label'];
    const server = await podman.command(
      'run',
      '--detach',
      '--network',
      network.name,
      '--publish',
      String(REAL_PORT),
      ...labels,
      'com.docker.compose.service=published',
      BUSYBOX_IMAGE,
      ...serve,
    );
    const ports = await podman.command('port', server, String(REAL_PORT));
    published = Number(/:(\d+)$/m.exec(ports)?.[1]);
    caller = await podman.command(
      'run',
      '--detach',
      '--network',
      other.name,
      ...labels,
      'com.docker.compose.service=caller',
      BUSYBOX_IMAGE,
      'sleep',
      '600',
    );
    sheer = await Product.start({ environment: { DOCKER_HOST: `unix://${podman.socketPath}` } });
    teardown.use(sheer);
    await sourceIsLive(sheer, 'podman');
    await sourceIsLive(sheer, 'tcp');
    // A caller that lives a moment is named by its address, once every feed has reported it.
    await eventually('both containers are known', async () => {
      const all = await sheer.ask<readonly ServiceAnswer[]>('services');
      return ['caller', 'published'].every((name) => all.some((one) => one.name === name)) ? true : null;
    });
  });
  after(() => teardown.disposeAsync());

  /** Everything about the server's port, published or real, and the two containers. */
  async function calls(): Promise<readonly CallAnswer[]> {
    const all = await sheer.json<readonly CallAnswer[]>('calls');
    const names = new Set(['caller', 'published']);
    return all.filter(
      ({ from, to, port }) => port === published || port === REAL_PORT || names.has(from) || names.has(to),
    );
  }

  it('is called by its own name and its real port, from everywhere, and each call counts once', async () => {
    const host = addressOfHost();
    for (const address of ['127.0.0.1', host]) {
      for (let sent = 0; sent < CALLS; sent++) await execute('curl', ['-sf', urlAt(address)]);
    }
    for (let sent = 0; sent < CALLS; sent++)
      await podman.command('exec', caller, 'wget', '-q', '-O', '/dev/null', urlAt(host));
    const found = async () =>
      (await calls()).map(({ from, to, port, connections }) => [from, to, port, connections]);
    const expected = [
      ['caller', 'published', REAL_PORT, CALLS],
      ['curl', 'published', REAL_PORT, 2 * CALLS],
    ];
    await eventually('all calls are found', async () => {
      const sum = (await calls()).reduce((total, { connections }) => total + (connections ?? 0), 0);
      return sum >= 3 * CALLS ? true : null;
    }).catch(() => null);
    assert.deepEqual(await found(), expected);
    // What comes late would be counted twice by now.
    await delay(SETTLED_MS);
    assert.deepEqual(await found(), expected);
  });

  const urlAt = (address: string): string => `http://${address}:${published}/etc/name`;

  it('is who holds the published port of each of the host’s addresses', async () => {
    for (const address of ['127.0.0.1', addressOfHost()]) {
      const who = await sheer.json<WhoisAnswer>('whois', `${address}:${published}`);
      assert.deepEqual([who.kind, who.service, who.confidence], ['instance', 'published', 'certain']);
      assert.match(who.how ?? '', /the port is published for it/);
    }
  });
});

/** Longer than attribution waits for anything. */
const SETTLED_MS = 3000;

function addressOfHost(): string {
  const addresses = Object.values(networkInterfaces()).flat();
  const outward = addresses.find((address) => address?.family === 'IPv4' && !address.internal);
  if (outward === undefined) throw new Error('this machine has no address beside loopback');
  return outward.address;
}
