import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { AuditRecord, InstanceAnswer, StatusAnswer, VerificationAnswer } from '#model';
import { StartedProcesses } from '../processes/started-processes.ts';
import { descendantsOf, isRunning, type RunningProcess } from './processes-of.ts';
import { eventually, Product, sheer, sourceIsLive } from './product.ts';

interface Refusal {
  readonly error: { readonly code: string; readonly message: string; readonly next: string | null };
}

const refusalIn = (out: string): Refusal => JSON.parse(out.trim().split('\n').at(-1) ?? '') as Refusal;

describe('one state directory', () => {
  let first: Product;
  before(async () => {
    first = await Product.start({ engines: ['processes'] });
  });
  after(() => first.stop());

  for (const detach of [[], ['--detach']]) {
    it(`is refused to a second control plane${detach.length === 0 ? '' : ' in the background'}, with the next command`, async () => {
      const second = await sheer(['up', ...detach, '--json', '--state', first.state, '--port', '0']);
      assert.equal(second.exit, 1);
      const { error } = refusalIn(second.out);
      assert.equal(error.code, 'state-in-use');
      assert.match(error.message, new RegExp(`in use by process ${first.pid}`));
      assert.match(error.next ?? '', /sheer status/);
      assert.ok(await first.answers(), 'the first one does not notice');
    });
  }
});

describe('the log of a control plane in the background', () => {
  it('stays when another one is refused its state directory, and when the next one starts', async () => {
    const state = await mkdtemp(join(tmpdir(), 'sheerline-log-'));
    const up = ['up', '--detach', '--json', '--state', state, '--port', '0', '--engine', 'processes'];
    const logged = () => readFileSync(join(state, 'control-plane.log'), 'utf8');
    try {
      assert.equal((await sheer(up)).exit, 0);
      const earlier = await eventually('it logs that it is up', () => (logged() === '' ? null : logged()));
      const refused = await sheer(up);
      assert.equal(refusalIn(refused.out).error.code, 'state-in-use');
      assert.ok(logged().startsWith(earlier));
      assert.equal((await sheer(['down', '--state', state])).exit, 0);
      assert.equal((await sheer(up)).exit, 0, 'an error of an earlier one is not its own');
      assert.ok(logged().startsWith(earlier));
    } finally {
      await sheer(['down', '--state', state]);
      await rm(state, { recursive: true });
    }
  });
});

describe('the end of a control plane', () => {
  it('is clean on SIGTERM, and its helpers are gone', async () => {
    await using product = await Product.start({ engines: ['processes'] });
    await sourceIsLive(product, 'tcp');
    const helpers = helpersOf(product);
    assert.equal(await product.terminate(), 0);
    await eventually('no helper is left', () => (helpers.some(isRunning) ? null : true));
    assert.ok(!existsSync(join(product.state, 'sheer.sock')));
  });

  it('comes with `sheer down`, and its helpers are gone', async () => {
    await using product = await Product.start({ engines: ['processes'] });
    await sourceIsLive(product, 'tcp');
    const helpers = helpersOf(product);
    const exited = once(product.child, 'exit');
    assert.equal((await product.run('down')).exit, 0);
    assert.deepEqual(await exited, [0, null]);
    await eventually('no helper is left', () => (helpers.some(isRunning) ? null : true));
    assert.equal((await product.run('status')).exit, 5);
    assert.match((await product.run('down')).out, /nothing was running/);
  });

  it('by kill -9 leaves no helper either', async () => {
    await using product = await Product.start({ engines: ['processes'] });
    await sourceIsLive(product, 'tcp');
    const helpers = helpersOf(product);
    await product.kill();
    await eventually('no helper is left', () => (helpers.some(isRunning) ? null : true));
  });
});

/** Of a product that sees kernel events. */
function helpersOf(product: Product): readonly RunningProcess[] {
  const helpers = descendantsOf(product.pid);
  assert.ok(
    helpers.some(({ command }) => command === 'bpftrace'),
    'it has helpers',
  );
  return helpers;
}

describe('the address of a control plane', () => {
  let product: Product;
  let address: string;
  let token: string;
  before(async () => {
    product = await Product.start({ engines: ['processes'] });
    ({ address } = await product.ask<StatusAnswer>('status'));
    token = readFileSync(join(product.state, 'token'), 'utf8').trim();
  });
  after(() => product.stop());

  const rows: readonly (readonly [
    title: string,
    headers: () => Readonly<Record<string, string>>,
    status: number,
    code: string | null,
  ])[] = [
    ['with its token', () => ({ authorization: `Bearer ${token}` }), 200, null],
    ['without a token', () => ({}), 401, 'not-signed-in'],
    ['with a wrong token', () => ({ authorization: 'Bearer wrong' }), 401, 'not-signed-in'],
    [
      'for a foreign host',
      () => ({ authorization: `Bearer ${token}`, host: 'evil.example' }),
      403,
      'host-refused',
    ],
    [
      'from a foreign page',
      () => ({ authorization: `Bearer ${token}`, origin: 'http://evil.example' }),
      403,
      'host-refused',
    ],
  ];
  for (const [title, headers, status, code] of rows) {
    it(`answers ${status} ${title}`, async () => {
      const answer = await get(`${address}/api/v1/services`, headers());
      assert.equal(answer.status, status);
      if (code !== null) assert.equal(refusalIn(answer.body).error.code, code);
    });
  }

  it('gives exit codes: 4 without the right token, 5 where nobody listens', async () => {
    const tokenFile = join(product.state, 'wrong-token');
    await writeFile(tokenFile, 'wrong\n');
    const wrong = await sheer(['services', '--json', '--server', address, '--token-file', tokenFile]);
    assert.equal(wrong.exit, 4);
    assert.equal(refusalIn(wrong.out).error.code, 'not-signed-in');
    const right = ['--server', address, '--token-file', join(product.state, 'token')];
    assert.equal((await sheer(['services', '--json', ...right])).exit, 0);
    const nobody = await sheer([
      'services',
      '--json',
      '--server',
      'http://127.0.0.1:9',
      '--token-file',
      tokenFile,
    ]);
    assert.equal(nobody.exit, 5);
    assert.equal(refusalIn(nobody.out).error.code, 'control-plane-unreachable');
  });
});

describe('a disk', () => {
  it('that is read-only is refused, with what to do', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sheerline-disk-'));
    try {
      const script = `mount -t tmpfs tmpfs ${directory} && mount -o remount,ro ${directory} && exec "$@"`;
      const through = ['unshare', '-m', '--propagation', 'private', 'sh', '-c', script, 'sh'];
      const started = Product.start({ state: join(directory, 'state'), engines: ['processes'], through });
      const message = await started.then(
        () => '',
        (error: unknown) => String(error),
      );
      assert.match(message, /"code":"state-unusable"/);
      assert.match(message, /read-only file system/);
      assert.match(message, /"next":"[^"]*--state DIR/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('that is full when it starts takes its log, not the control plane', async () => {
    const through = ['sh', '-c', 'exec "$@" >/dev/full 2>&1', 'sh'];
    await using product = await Product.start({ engines: ['processes'], through });
    await sourceIsLive(product, 'processes');
    // Its first status was refused by then.
    await delay(2000);
    assert.ok(await product.answers());
    assert.equal(await product.terminate(), 0);
  });

  it('that is full is told, and when there is room nothing is missing', async () => {
    await using teardown = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), 'sheerline-disk-'));
    teardown.defer(() => rm(directory, { recursive: true }));
    const processes = new StartedProcesses();
    teardown.defer(() => processes.end());
    const script = `mount -t tmpfs -o size=24m tmpfs ${directory} && exec "$@"`;
    const through = ['unshare', '-m', '--propagation', 'private', 'sh', '-c', script, 'sh'];
    const state = join(directory, 'state');
    await using product = await Product.start({ state, engines: ['processes'], through, ownMounts: true });
    const inside = join(product.state, '..');
    const run = (...line: readonly string[]) => product.run(...line, '--json');
    const instances = async () => JSON.parse((await run('instances')).out) as readonly InstanceAnswer[];
    const knows = async ({ pid }: { readonly pid: number }) =>
      (await instances()).some((instance) => instance.pid === pid) ? true : null;

    const early = processes.nodeServer();
    await early.line();
    await eventually('a process is known', () => knows(early));

    const ballast = join(inside, 'ballast');
    await assert.rejects(writeFile(ballast, Buffer.alloc(64 * 1024 * 1024)), { code: 'ENOSPC' });
    const meanwhile = processes.nodeServer();
    await meanwhile.line();
    await eventually('it says that it can not write', () =>
      product.output.includes('could not write; trying again') ? true : null,
    );
    const manifest = join(directory, 'sheer.yaml');
    await writeFile(manifest, 'teams: { shop: }\n');
    const refused = await run('declare', manifest, '--yes');
    assert.equal(refused.exit, 1);
    assert.equal(refusalIn(refused.out).error.code, 'state-unusable');
    assert.match(refusalIn(refused.out).error.message, /is full; nothing was recorded/);
    assert.equal((await run('status')).exit, 0, 'it still answers');

    await rm(ballast);
    await eventually('what happened meanwhile is known', () => knows(meanwhile));
    assert.equal((await run('declare', manifest, '--yes')).exit, 0);
    const { streams } = JSON.parse((await run('audit', 'verify')).out) as VerificationAnswer;
    assert.deepEqual(
      streams.map(({ stream, ok }) => [stream, ok]),
      [
        ['audit', true],
        ['observations', true],
      ],
    );
    const audit = JSON.parse((await run('audit', 'tail')).out) as readonly AuditRecord[];
    assert.ok(audit.some(({ subject }) => subject.kind === 'team'));

    await assert.rejects(writeFile(ballast, Buffer.alloc(64 * 1024 * 1024)), { code: 'ENOSPC' });
    assert.equal(await product.terminate(), 0, 'it ends all the same');
    assert.match(product.output, /could not write; trying again/);
    assert.ok(
      product.output.split('could not write; trying again').length <= 7,
      'told once, not all the time',
    );
  });
});

function get(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}
