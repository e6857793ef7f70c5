import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { advisory, DAY_MS, PatchWorld } from '../patch-world.fixture.ts';

const REGISTRY = 'registry.example:5000';

describe('things as people write them', () => {
  let world: PatchWorld;
  beforeEach(async () => {
    world = new PatchWorld().start();
    const web = world.image(`${REGISTRY}/shop/web:1`, ['openssl 3.0.11-1']);
    world.image(`${REGISTRY}/shop/cart:1`, ['bash 5.2-1']);
    world.image(`${REGISTRY}/shop/cart:2`, ['bash 5.2-2']);
    world.run('web-1', web, { service: 'production/shop/front' });
    world.run('web-2', web, { service: 'test/shop/front' });
    await world.settled();
    await world.publish(advisory('CVE-2026-1', 'openssl < 3.0.12-1'));
  });
  afterEach(() => world.end());

  const packagesOf = async (subject: string): Promise<readonly string[]> =>
    (await world.ask.packages(subject, { refresh: false })).names;

  it('an image without its registry, without its tag, by the beginning of its digest, or by who runs it', async () => {
    const { image } = await world.ask.packages('web-1', { refresh: false });
    const beginning = (image ?? '').slice(0, 'sha256:'.length + 12);
    const written = ['shop/web:1', 'web:1', 'shop/web', 'web', beginning, `${beginning}…`, 'front'];
    for (const subject of written)
      assert.deepEqual(await packagesOf(subject), [`${REGISTRY}/shop/web:1`], subject);
    assert.deepEqual(await packagesOf('cart:2'), [`${REGISTRY}/shop/cart:2`]);
  });

  it('says what a name may mean, and what was probably meant', async () => {
    await assert.rejects(packagesOf('cart'), {
      message: '"cart" may be any of 2 things',
      detail: [`${REGISTRY}/shop/cart:1`, `${REGISTRY}/shop/cart:2`],
    });
    await assert.rejects(packagesOf('shop/wbe'), {
      message: 'there is no image or instance "shop/wbe" (did you mean "shop/web"?)',
      next: 'sheer images',
    });
  });

  it('an image that is not there any more is not meant where another is', async () => {
    const { image } = await world.ask.packages('cart:1', { refresh: false });
    world.say('image', image ?? '', null);
    assert.deepEqual(await packagesOf('cart'), [`${REGISTRY}/shop/cart:2`]);
    assert.deepEqual(await packagesOf('cart:1'), [`${REGISTRY}/shop/cart:1`]);
  });

  it('an image that is declared and was never seen is said to be that', async () => {
    world.source('shop/search', 'shop', null);
    await assert.rejects(packagesOf('search'), {
      message: 'shop/search is only declared: no engine here has that image',
      next: 'podman pull shop/search, or sheer up --image-store PLACE',
    });
    const labels = { 'org.opencontainers.image.base.name': 'docker.io/library/alpine:3' };
    world.image(`${REGISTRY}/shop/mail:1`, ['bash 5.2-1'], { labels });
    await assert.rejects(packagesOf('alpine'), {
      message: `docker.io/library/alpine:3 is only known as the base of ${REGISTRY}/shop/mail:1: no engine here has that image`,
    });
  });

  const waive = (subject: string, owner = 'shop') => {
    const until = world.now + DAY_MS;
    return world.ask.waive({
      vulnerability: 'CVE-2026-1',
      subject,
      owner,
      reason: 'a test',
      until,
      actor: 'ann',
    });
  };

  it('a waiver is kept for the one thing that was meant, by its whole name', () => {
    assert.equal(waive('web:1').subject, `${REGISTRY}/shop/web:1`);
    assert.equal(waive('test/shop/front').subject, 'test/shop/front');
    assert.match(waive('web-1').subject, /^container:/);
    const { state } = world.ask.endWaiver('CVE-2026-1', 'web', 'ann');
    assert.equal(state, 'ended');
    assert.throws(() => waive('front'), {
      message: '"front" may be any of 2 things',
      detail: ['production/shop/front', 'test/shop/front'],
    });
    assert.throws(() => waive('frnt'), { message: /did you mean "front"\?/ });
    assert.throws(() => waive('web:1', 'shp'), {
      message: 'there is no team "shp" (did you mean "shop"?)',
      next: 'sheer teams',
    });
  });

  it('a waiver that is only shown is held against the same rules, and recorded nowhere', () => {
    const request = {
      vulnerability: 'CVE-2026-1',
      owner: 'shop',
      reason: 'a test',
      until: world.now + DAY_MS,
      actor: 'ann',
      preview: true,
    };
    const shown = world.ask.waive({ ...request, subject: 'web:1' });
    assert.deepEqual([shown.subject, shown.state], [`${REGISTRY}/shop/web:1`, 'active']);
    assert.throws(() => world.ask.waive({ ...request, subject: 'nothing-here' }), { code: 'not-found' });
    assert.deepEqual(world.ask.waivers(), []);
  });
});
