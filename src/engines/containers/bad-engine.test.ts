import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { containerInstanceId, type Observation, type SourceData } from '#model';
import { FakeEngine, type Behaviour } from '../../../test/podman/fake-engine.ts';
import { asContainersError } from './containers-error.ts';
import { createContainersEngine } from './containers-engine.ts';

describe('an engine that is not as it should be', () => {
  let directory: string;
  let fake: FakeEngine;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sheerline-bad-engine-'));
    fake = new FakeEngine(join(directory, 'docker.sock'));
  });
  afterEach(async () => {
    await fake.close();
    await rm(directory, { recursive: true });
  });

  /** Observes until `enough`; everything that was seen. */
  async function observe(
    enough: (seen: readonly Observation[]) => boolean,
    onBatch: (seen: readonly Observation[]) => void = () => {},
  ): Promise<readonly Observation[]> {
    const engine = createContainersEngine({
      id: 'docker',
      socketPath: fake.socketPath,
      node: 'node-1',
      clock: () => Date.now(),
    });
    const stop = new AbortController();
    const seen: Observation[] = [];
    for await (const batch of engine.observe(stop.signal)) {
      seen.push(...batch);
      onBatch(seen);
      if (enough(seen)) stop.abort();
    }
    return seen;
  }

  const states = (seen: readonly Observation[]): readonly SourceData[] =>
    seen.flatMap((each) => (each.kind === 'state' ? [each.data] : []));

  async function firstState(): Promise<SourceData> {
    const [state] = states(await observe((seen) => states(seen).length > 0));
    assert.ok(state);
    return state;
  }

  const isLive = (seen: readonly Observation[]): boolean => seen.some(({ kind }) => kind === 'watermark');

  it('absent: says so, how to start one, and attaches when it comes', async () => {
    let listening = false;
    const seen = await observe(isLive, () => {
      if (listening) return;
      listening = true;
      void fake.listen();
    });
    assert.match(
      states(seen)[0]?.reason ?? '',
      /^there is no engine at .*docker\.sock; start Docker, or run: /,
    );
    assert.deepEqual(
      states(seen).map(({ state }) => state),
      ['inactive', 'live'],
    );
  });

  it('denied: says that the user may not, and who may', () => {
    const denied = Object.assign(new Error('connect EACCES'), { code: 'EACCES' });
    const { explanation, code } = asContainersError(denied, '/run/docker.sock');
    assert.equal(code, 'engine-unreachable');
    assert.match(explanation, /^\/run\/docker\.sock may not be opened by this user; run sheer as root/);
  });

  it('left behind: a socket that nobody listens at', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(fake.socketPath, resolve));
    await rename(fake.socketPath, `${fake.socketPath}.kept`);
    await new Promise((resolve) => server.close(resolve));
    await rename(`${fake.socketPath}.kept`, fake.socketPath);
    assert.match((await firstState()).reason ?? '', /^nothing listens at /);
  });

  it('a file where the socket should be', async () => {
    await writeFile(fake.socketPath, 'nothing');
    assert.equal((await firstState()).state, 'inactive');
    await rm(fake.socketPath);
  });

  const answers: readonly (readonly [Behaviour, RegExp])[] = [
    ['hangs', /has not answered for 3 s; see whether/],
    ['garbage', /is no container engine: GET \/version gave no JSON; point DOCKER_HOST/],
    ['no-http', /is no container engine: that is no HTTP/],
    ['huge', /is larger than 64 MB|has not answered/],
    ['fails', /failed at \/version with 500; see its own log/],
  ];
  for (const [behaviour, reason] of answers) {
    it(`${behaviour}: is inactive with a reason, and attaches when it is well`, async () => {
      fake.behaviour = behaviour;
      await fake.listen();
      const seen = await observe(isLive, (sofar) => {
        if (states(sofar).length > 0) fake.behaviour = 'well';
      });
      assert.equal(states(seen)[0]?.state, 'inactive');
      assert.match(states(seen)[0]?.reason ?? '', reason);
      assert.equal(states(seen).at(-1)?.state, 'live');
    });
  }

  it('speaks only versions that we do not: names both ranges', async () => {
    fake.version = { api: '1.90', minimum: '1.80' };
    await fake.listen();
    assert.match(
      (await firstState()).reason ?? '',
      /speaks the Docker API 1\.80 to 1\.90, Sheerline 1\.24 to 1\.51/,
    );
  });

  const isBack = (seen: readonly Observation[]): boolean => {
    const gap = seen.findIndex(({ kind }) => kind === 'gap');
    return gap !== -1 && seen.slice(gap).some(({ kind }) => kind === 'snapshot-end');
  };
  const interruptions: readonly (readonly [string, () => void])[] = [
    [
      'the stream closes in the middle of an event',
      () => {
        fake.sendRaw('{"Type":"container","Act');
        fake.dropConnections();
      },
    ],
    ['a line of the stream is no event', () => fake.sendRaw('<html>\n')],
    ['a line of the stream is two megabytes long', () => fake.sendRaw(`"${'x'.repeat(2_000_000)}"\n`)],
  ];
  for (const [what, interrupt] of interruptions) {
    it(`${what}: a gap, and everything is read again`, async () => {
      await fake.listen();
      const before = containerInstanceId(fake.start());
      let meanwhile: string | null = null;
      const seen = await observe(isBack, (sofar) => {
        if (meanwhile !== null || !isLive(sofar)) return;
        interrupt();
        meanwhile = containerInstanceId(fake.start());
      });
      const again = seen.slice(seen.findIndex(({ kind }) => kind === 'gap'));
      for (const id of [before, meanwhile]) {
        assert.ok(
          again.some((each) => each.kind === 'assert' && each.subject.id === id),
          String(id),
        );
      }
    });
  }

  it('stops answering while it is watched: time stands still, then there is a gap', async () => {
    await fake.listen();
    const seen = await observe(
      (sofar) => states(sofar).some(({ state }) => state === 'gap'),
      (sofar) => {
        if (isLive(sofar)) fake.behaviour = 'hangs';
      },
    );
    assert.match(states(seen).at(-1)?.reason ?? '', /has not answered for 5 s/);
  });

  it('has containers that take their time to start, and answers no inspect of them: time goes on', async () => {
    await fake.listen();
    let held = 0;
    const seen = await observe(
      (sofar) => held > 0 && sofar.slice(held).filter(({ kind }) => kind === 'watermark').length > 3,
      (sofar) => {
        if (held > 0 || !isLive(sofar)) return;
        held = sofar.length;
        // More than the client has connections for them.
        for (let count = 0; count < 20; count++) fake.make();
      },
    );
    assert.ok(!seen.some(({ kind }) => kind === 'gap'));
  });

  it('hostile names and labels are reported as they are, within bounds, and break nothing', async () => {
    await fake.listen();
    fake.start({
      labels: {
        app: `\u001b[2J\u0000${'x'.repeat(200_000)}`,
        __proto__: 'polluted',
        constructor: 'polluted',
        secret: 'never-recorded',
      },
    });
    const seen = await observe(isLive);
    const instance = seen.find((each) => each.kind === 'assert' && each.subject.kind === 'instance');
    assert.ok(instance?.kind === 'assert' && 'labels' in instance.data);
    assert.deepEqual(Object.keys(instance.data.labels), ['app']);
    assert.ok((instance.data.labels['app']?.length ?? 0) <= 512);
    assert.ok(!JSON.stringify(seen).includes('never-recorded'));
  });

  it('a container that has ended before anyone could ask is known, with the reason why its address is not', async () => {
    await fake.listen();
    let id: string | null = null;
    const seen = await observe(
      (sofar) => sofar.some((each) => each.kind === 'end'),
      (sofar) => {
        if (isLive(sofar)) id ??= fake.start({ gone: true, labels: { team: 'shop' } });
      },
    );
    const known = seen.find((each) => each.kind === 'assert' && each.subject.kind === 'instance');
    assert.ok(known?.kind === 'assert' && 'addressMissing' in known.data && id !== null);
    assert.equal(known.subject.id, containerInstanceId(id));
    assert.equal(known.data.addressMissing, 'gone-before-it-could-be-read');
    assert.deepEqual(known.data.images, [{ name: 'shop/web:1', id: `sha256:${'a'.repeat(64)}` }]);
    assert.deepEqual(known.data.labels, { team: 'shop' });
  });
});
