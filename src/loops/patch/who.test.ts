import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { advisory, DAY_MS, PatchWorld } from './patch-world.fixture.ts';

describe('who is affected', () => {
  let world: PatchWorld;
  beforeEach(() => {
    world = new PatchWorld().start();
  });
  afterEach(() => world.end());

  it('by image, service, team and environment, with what brought it in', async () => {
    const base = world.image('base:1', ['openssl 3.0.11-1', 'zlib1g 1:1.2.13-1']);
    const web = world.image('web:1', ['nginx 1.22.1-9'], { base });
    world.source('base', 'platform', null);
    world.run('web-1', web);
    world.run('web-2', web);
    world.run('other', world.image('other:1', ['bash 5.2-1']), { service: 'test/tools/other' });
    await world.settled();
    await world.publish(advisory('DEBIAN-CVE-2026-1', 'openssl < 3.0.12-1', { aliases: ['CVE-2026-1'] }));
    const who = await world.ask.who('CVE-2026-1', null);
    assert.deepEqual(
      [who.id, who.instances, who.teams, who.environments, who.notLookedAt, who.reason],
      ['CVE-2026-1', 2, ['shop'], { production: 2 }, [], null],
    );
    assert.deepEqual(
      who.packages.map(({ purl, matches, images }) => [purl, matches[0]?.fixed, images]),
      [['pkg:deb/debian/openssl@3.0.11-1?arch=amd64', '3.0.12-1', 2]],
    );
    assert.deepEqual(
      who.images.map(({ name, broughtInBy }) => [name, broughtInBy[0]?.kind, broughtInBy[0]?.imageName]),
      [['web:1', 'base', 'base:1']],
    );
    assert.equal(who.groups[0]?.service, 'production/shop/web');
    assert.notEqual(who.groups[0]?.dueAt, null);
    assert.equal((await world.ask.who('DEBIAN-CVE-2026-1', null)).instances, 2);
  });

  it('asked again, as images are called, owned and built then, and as many as run then', async () => {
    const base = world.image('base:1', ['openssl 3.0.11-1']);
    const web = world.image('web:1', ['nginx 1.22.1-9'], { base });
    const first = world.run('web-1', web);
    await world.settled();
    const said = async () => {
      const { images, instances } = await world.ask.who('openssl@*', null);
      return [instances, ...images.map((image) => [image.name, image.team, image.broughtInBy[0]?.imageName])];
    };
    assert.deepEqual(await said(), [1, ['web:1', null, 'base:1']]);
    world.source('web', 'shop', null);
    assert.deepEqual(await said(), [1, ['web:1', 'shop', 'base:1']]);
    world.relabel(base, 'base:1.1');
    assert.deepEqual(await said(), [1, ['web:1', 'shop', 'base:1.1']]);
    world.run('web-2', web);
    assert.deepEqual(await said(), [2, ['web:1', 'shop', 'base:1.1']]);
    world.instances.stop(first);
    assert.deepEqual(await said(), [1, ['web:1', 'shop', 'base:1.1']]);
  });

  it('as it was then: what runs now did not, and what ran is gone', async () => {
    const old = world.image('web:1', ['openssl 3.0.11-1']);
    const fixed = world.image('web:2', ['openssl 3.0.12-1']);
    const first = world.run('web-1', old);
    await world.settled();
    await world.publish(advisory('CVE-2026-1', 'openssl < 3.0.12-1'));
    const then = world.now;
    world.now += DAY_MS;
    world.instances.stop(first);
    world.run('web-2', fixed);
    const now = await world.ask.who('CVE-2026-1', null);
    assert.deepEqual([now.instances, now.reason], [0, '1 image holds it, and none of them runs']);
    const before = await world.ask.who('CVE-2026-1', then);
    assert.deepEqual(before.groups[0]?.instances, [{ id: first, name: 'web-1', node: 'n' }]);
  });

  const questions: readonly (readonly [question: string, instances: number])[] = [
    ['openssl@<3.0.12-1', 1],
    ['openssl@>=3.0.12-1', 0],
    ['openssl@3.0.11-1', 1],
    ['openssl@*', 1],
    ['Debian:12/openssl@<3.0.12-1', 1],
    ['debian/openssl@<3.0.12-1', 1],
    ['Debian:11/openssl@<3.0.12-1', 0],
    ['npm/openssl@<3.0.12-1', 0],
    ['pkg:deb/debian/openssl@3.0.11-1?arch=amd64', 1],
    ['pkg:deb/debian/openssl', 1],
    ['pkg:deb/debian/openssl@3.0.12-1', 0],
    ['pkg:deb/ubuntu/openssl', 0],
  ];
  it('also by packages', async () => {
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    await world.settled();
    for (const [question, instances] of questions) {
      assert.equal((await world.ask.who(question, null)).instances, instances, question);
      assert.ok(world.ask.isVulnerability(question), question);
    }
    assert.equal(world.ask.isVulnerability('web-1'), false);
  });

  it('says how to ask about packages where that went wrong', async () => {
    for (const [question, message] of [
      ['pkg:foo', '"pkg:foo" is no package URL'],
      ['openssl@', 'which versions of openssl?'],
    ] as const) {
      assert.ok(world.ask.isVulnerability(question), question);
      await assert.rejects(world.ask.who(question, null), { code: 'invalid-input', message });
    }
  });

  it('says what it did not look at, and why there is nothing', async () => {
    const lost = world.image('lost:1', ['openssl 3.0.11-1']);
    world.images.remove(lost);
    world.run('lost-1', lost);
    world.instances.start('strange-1', null, 'production/shop/web');
    await world.until(async () =>
      (await world.ask.who('CVE-2026-1', null)).notLookedAt.some(({ reason }) => reason.includes('podman')),
    );
    const nothing = await world.ask.who('CVE-2026-1', null);
    assert.equal(nothing.reason, 'no advisories are known yet: sheer advisories sync');
    assert.deepEqual(nothing.notLookedAt, [
      { image: 'lost:1', reason: 'no place has its content (looked in podman)', instances: 1 },
      { image: 'unknown:latest', reason: 'the engine does not tell which image this is', instances: 1 },
    ]);
    await world.publish(advisory('CVE-2026-1', 'openssl < 3.0.12-1'));
    assert.match(
      (await world.ask.who('CVE-2026-2', null)).reason ?? '',
      /^no advisory that is known has this id/,
    );
    assert.match(
      (await world.ask.who('CVE-2026-1', null)).reason ?? '',
      /^no image that is known holds it; what 2 images hold is not known$/,
    );
  });

  it('a notice about several vulnerabilities is itself, and part of each of them', async () => {
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1', 'curl 7.88.1-1']));
    await world.settled();
    await world.publish(
      advisory('DSA-1-1', 'openssl < 3.0.12-1', { aliases: ['CVE-2026-1', 'CVE-2026-2'] }),
      advisory('DEBIAN-CVE-2026-2', 'curl < 7.88.1-2', { aliases: ['CVE-2026-2'] }),
    );
    const packages = async (id: string) => (await world.ask.who(id, null)).packages.map(({ name }) => name);
    assert.deepEqual(await packages('DSA-1-1'), ['openssl']);
    await world.publish(advisory('CVE-2026-1', 'openssl < 3.0.12-1'));
    assert.deepEqual(
      (await world.ask.who('CVE-2026-1', null)).packages.map(({ images, matches }) => [
        images,
        matches.length,
      ]),
      [[1, 2]],
    );
    assert.deepEqual(await packages('CVE-2026-1'), ['openssl']);
    assert.deepEqual(await packages('CVE-2026-2'), ['curl', 'openssl']);
  });

  it('a withdrawn record matches nothing', async () => {
    world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
    await world.settled();
    await world.publish(advisory('CVE-2026-1', 'openssl', { withdrawn: world.now }));
    const who = await world.ask.who('CVE-2026-1', null);
    assert.deepEqual([who.instances, who.reason], [0, 'the advisory was withdrawn']);
  });
});
