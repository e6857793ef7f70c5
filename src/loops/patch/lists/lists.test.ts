import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { PatchError } from '../patch-error.ts';
import { advisory, PatchWorld } from '../patch-world.fixture.ts';

describe('lists of packages', () => {
  let world: PatchWorld;
  beforeEach(() => {
    world = new PatchWorld().start();
  });
  afterEach(() => world.end());

  const packages = (subject: string, refresh = false) => world.ask.packages(subject, { refresh });

  it('are read in the background, those of what runs first, each layer once', async () => {
    const base = world.image('base:1', ['openssl 3.0.11-1']);
    const web = world.image('web:1', ['nginx 1-1'], { base });
    const api = world.image('api:1', ['curl 1-1'], { base });
    world.run('web-1', web);
    await world.settled();
    assert.deepEqual(world.images.sent.length, 3);
    const names = [...web.diffIds, ...api.diffIds.slice(1)].map((diffId) => `blob-${diffId}`);
    assert.deepEqual(new Set(world.images.sent), new Set(names));
    const facts = [...world.graph.all('package-list')].map(({ data }) => data.image);
    assert.deepEqual(new Set(facts), new Set([base.id, web.id, api.id]));
  });

  it('of a distribution that OSV has no advisories for are told as such', async () => {
    world.images.distribution = { id: 'amzn', versionId: '2023', name: 'Amazon Linux 2023' };
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    world.images.distribution = { id: 'debian', versionId: '12', name: 'Debian GNU/Linux 12' };
    world.run('api-1', world.image('api:1', ['openssl 3.0.11-1']));
    await world.settled();
    await world.publish(advisory('CVE-2026-1', 'openssl < 3.0.12-1'));
    const reason = 'OSV has no advisories for the system packages of Amazon Linux 2023';
    const verify = async (): Promise<void> => {
      const { notLookedAt, instances } = await world.ask.who('CVE-2026-1', null);
      assert.deepEqual([instances, notLookedAt], [1, [{ image: 'web:1', reason, instances: 1 }]]);
    };
    await verify();
    assert.deepEqual((await packages('web-1')).unread, [{ path: '', reason }]);
    assert.deepEqual((await packages('api-1')).unread, []);
    // What was asked for by its name needs no advisory.
    assert.deepEqual((await world.ask.who('openssl@<4', null)).notLookedAt, []);
    await world.restart();
    await world.until(async () => (await world.ask.who('CVE-2026-1', null)).instances === 1);
    await verify();
  });

  it('are not read before somebody brings advisories or asks: attaching leaves no marks', async () => {
    const quiet = new PatchWorld().start({ asked: false });
    try {
      quiet.run('web-1', quiet.image('web:1', ['openssl 3.0.11-1']));
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.deepEqual(quiet.images.sent, []);
      await quiet.publish(advisory('CVE-2026-1', 'openssl'));
      await quiet.until(() => quiet.images.sent.length > 0);
    } finally {
      await quiet.end();
    }
  });

  it('say what is in an image or an instance, by layer, from where', async () => {
    const base = world.image('base:1', ['openssl 3.0.11-1']);
    world.run('web-1', world.image('web:1', ['nginx 1-1'], { base }));
    const answer = await packages('web-1');
    assert.deepEqual(
      answer.packages.map(({ name, readBy, origin }) => [
        name,
        readBy,
        origin.kind,
        origin.imageName,
        origin.layer,
      ]),
      [
        ['nginx', 'dpkg', 'own', 'web:1', 1],
        ['openssl', 'dpkg', 'base', 'base:1', 0],
      ],
    );
    assert.deepEqual(
      [
        answer.instance,
        answer.distribution,
        answer.lists.map(({ origin, from, used }) => [origin, from, used]),
      ],
      ['container:web-1', 'Debian GNU/Linux 12 (bookworm)', [['read', 'podman', true]]],
    );
    await assert.rejects(packages('nothing'), { code: 'not-found' });
  });

  it('are read from where an image lies that no engine has, by a name that tells its registry', async () => {
    const name = 'registry.example/shop/mail:1';
    await assert.rejects(packages(name), {
      message: `${name} is not known: no engine here has that image`,
      detail: ['no place has its content (looked in podman)'],
    });
    const mail = world.images.add(['exim4 4.96-1'], null);
    world.images.elsewhere.set(name, mail.id);
    for (let time = 0; time < 2; time++) {
      const answer = await packages(name);
      assert.deepEqual([answer.image, answer.names], [mail.id, [name]]);
      assert.deepEqual(
        answer.packages.map(({ name: own, origin }) => [own, origin.layer]),
        [['exim4', 0]],
      );
    }
    assert.equal(world.images.sent.length, 1);
    world.images.elsewhere.set('shop/mail:1', mail.id);
    await assert.rejects(packages('shop/mail:1'), { code: 'not-found', detail: [] });
  });

  it('a place that fails is told, and asked again when somebody asks', async () => {
    world.images.failure = new PatchError('engine-unreachable', 'the engine is away', { remedy: 'retry' });
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    await world.until(async () =>
      (await world.ask.who('CVE-2026-1', null)).notLookedAt.some(
        ({ reason }) => reason === 'podman: the engine is away',
      ),
    );
    await assert.rejects(packages('web:1'), { code: 'not-found', detail: ['podman: the engine is away'] });
    world.images.failure = null;
    assert.equal((await packages('web:1')).packages.length, 1);
    assert.deepEqual((await world.ask.who('CVE-2026-1', null)).notLookedAt, []);
  });

  it('and by itself after a while', async () => {
    world.images.failure = new PatchError('engine-unreachable', 'the engine is away');
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    await world.until(
      async () => (await world.ask.who('x', null)).notLookedAt[0]?.reason.includes('away') === true,
    );
    world.images.failure = null;
    world.now += 61_000;
    await world.settled();
  });

  it('a layer that is refused is unread, and what it may hold is not looked at', async () => {
    world.images.refusal = new PatchError('too-large', 'the layer unpacks to more than 20 GB');
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    await world.settled();
    const [missing] = (await world.ask.who('CVE-2026-1', null)).notLookedAt;
    assert.match(missing?.reason ?? '', /the layer unpacks to more than 20 GB/);
    assert.match((await packages('web:1')).unread[0]?.reason ?? '', /more than 20 GB/);
    world.images.refusal = null;
    assert.deepEqual((await packages('web:1', true)).unread, []);
    assert.deepEqual((await world.ask.who('CVE-2026-1', null)).notLookedAt, []);
  });

  for (const [times, left] of [
    [1, []],
    [2, [/the helper crashed/]],
  ] as const) {
    it(`a layer that crashed the helper is read once more, alone; it did so ${times} times`, async () => {
      const base = world.image('base:1', ['openssl 3.0.11-1']);
      const web = world.image('web:1', ['nginx 1-1'], { base });
      const [below, own] = web.diffIds.map((diffId) => `blob-${diffId}`);
      const crash = new PatchError('invalid-input', 'the helper crashed', { remedy: 'retry' });
      let crashes = 0;
      world.images.beforeScan = () => {
        const isCrash = world.images.sent.at(-1) === own && crashes++ < times;
        world.images.refusal = isCrash ? crash : null;
      };
      world.run('web-1', web);
      await world.settled();
      assert.deepEqual(world.images.sent, [below, own, own]);
      const { notLookedAt } = await world.ask.who('CVE-2026-1', null);
      assert.equal(notLookedAt.length, left.length);
      for (const [index, reason] of left.entries()) assert.match(notLookedAt[index]?.reason ?? '', reason);
    });
  }

  it('are there again after a restart, without reading a layer twice', async () => {
    const base = world.image('base:1', ['openssl 3.0.11-1']);
    world.run('web-1', base);
    await world.settled();
    await world.publish(advisory('CVE-2026-1', 'openssl < 3.0.12-1'));
    const sent = world.images.sent.length;
    await world.restart();
    assert.equal((await world.ask.who('CVE-2026-1', null)).instances, 1);
    world.image('web:1', ['nginx 1-1'], { base });
    await world.settled();
    assert.equal(world.images.sent.length, sent + 1);
  });

  it('what was under way at a kill is read again', async () => {
    const image = world.image('web:1', ['openssl 3.0.11-1']);
    world.run('web-1', image);
    // The layer is in the content store, the fact is not written.
    world.images.beforeScan = () => {
      world.images.beforeScan = () => undefined;
      world.store.close();
    };
    await world.until(() => world.troubles.length > 0);
    await world.loop.stop().catch(() => undefined);
    world.advisories.close();
    world.troubles = [];
    world.start();
    await world.settled();
    assert.equal((await packages('web-1')).packages.length, 1);
  });

  it('are not read again after a restart, for the index is saved', async () => {
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    await world.settled();
    await world.stop();
    rmSync(`${world.directory}/content`, { recursive: true });
    world.start();
    await world.settled();
    assert.equal((await world.ask.who('openssl@3.0.11-1', null)).instances, 1);
  });

  it('a damaged one is told, and read again', async () => {
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    await world.settled();
    const [said] = world.graph.all('package-list');
    const content = said?.data.content ?? '';
    await world.stop();
    rmSync(`${world.directory}/snapshots/package-lists.snapshot`);
    const digest = content.slice('sha256:'.length);
    writeFileSync(`${world.directory}/content/${digest.slice(0, 2)}/${digest.slice(2)}`, 'x');
    world.start();
    await world.until(() => world.troubles.length === 1);
    assert.match(world.troubles[0] ?? '', /a package list could not be loaded/);
    world.troubles = [];
    await world.until(async () => (await world.ask.who('openssl@*', null)).instances === 1);
  });

  describe('of others', () => {
    const list = (kind: 'cyclonedx' | 'spdx', about: string, ...urls: readonly string[]) => {
      world.images.readDocument = () =>
        Promise.resolve({
          kind,
          tool: 'syft 1.9.0',
          about: [about],
          list: {
            format: 1,
            image: null,
            distribution: null,
            unread: [],
            packages: urls.map((purl) => ({
              purl,
              ecosystem: 'npm',
              name: 'lodash',
              version: purl.slice(purl.lastIndexOf('@') + 1),
              source: null,
              layer: null,
              path: null,
              readBy: kind,
            })),
          },
        });
      return world.ask.addDocument('a.json', Buffer.from('{}'), 'ann');
    };

    it('stand beside our own reading, which is used, and where they disagree is told', async () => {
      const image = world.image('web:1', ['openssl 3.0.11-1']);
      await world.settled();
      assert.deepEqual(await list('cyclonedx', image.id, 'pkg:npm/lodash@4.17.20'), {
        kind: 'cyclonedx',
        id: image.id,
      });
      const answer = await packages('web:1');
      assert.deepEqual(
        answer.lists.map(({ origin, from, tool, used }) => [origin, from, tool, used]),
        [
          ['read', 'podman', null, true],
          ['cyclonedx', 'file:a.json', 'syft 1.9.0', false],
        ],
      );
      assert.deepEqual(answer.disagreements, [
        { purl: 'pkg:deb/debian/openssl@3.0.11-1?arch=amd64', onlyIn: 'read' },
        { purl: 'pkg:npm/lodash@4.17.20', onlyIn: 'cyclonedx from file:a.json' },
      ]);
    });

    it('are used where the image can’t be read', async () => {
      const image = world.image('web:1', ['openssl 3.0.11-1']);
      world.images.remove(image);
      world.run('web-1', image);
      await list('spdx', 'web:1', 'pkg:npm/lodash@4.17.20');
      assert.equal((await world.ask.who('npm/lodash@4.17.20', null)).instances, 1);
      assert.deepEqual((await packages('web:1')).lists[0]?.origin, 'spdx');
    });

    it('that came since the index was saved count', async () => {
      const image = world.image('web:1', []);
      world.images.remove(image);
      world.run('web-1', image);
      await list('spdx', image.id, 'pkg:npm/lodash@4.17.20');
      await world.stop();
      const snapshot = `${world.directory}/snapshots/package-lists.snapshot`;
      const saved = readFileSync(snapshot);
      world.start();
      await list('spdx', image.id, 'pkg:npm/lodash@4.17.21');
      await world.stop();
      // As after a kill.
      writeFileSync(snapshot, saved);
      world.start();
      assert.equal((await world.ask.who('npm/lodash@4.17.21', null)).instances, 1);
      assert.equal((await world.ask.who('npm/lodash@4.17.20', null)).instances, 0);
    });

    it('about nothing that is known are refused', async () => {
      await assert.rejects(list('spdx', 'elsewhere:1'), { code: 'invalid-input' });
    });

    it('that lie beside the image are taken when somebody asks; one that is broken is told', async () => {
      const image = world.image('web:1', ['openssl 3.0.11-1']);
      await world.settled();
      world.images.documents = [Buffer.from('torn')];
      const answer = await packages('web:1', true);
      assert.match(answer.unread[0]?.reason ?? '', /^the document sha256:.*this is no document$/);
      await list('cyclonedx', image.id, 'pkg:npm/lodash@4.17.20');
      assert.deepEqual((await packages('web:1', true)).lists[1]?.from, 'referrer');
    });
  });
});
