import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { VexData } from '#model';
import { advisory, DAY_MS, PatchWorld } from '../patch-world.fixture.ts';

const CVE = 'CVE-2026-1';

describe('what excuses a vulnerability', () => {
  let world: PatchWorld;
  beforeEach(async () => {
    world = new PatchWorld().start();
    world.team('shop');
    await world.publish(advisory(CVE, 'openssl < 3.0.12-1'));
  });
  afterEach(() => world.end());

  const waive = (subject: string, days = 7, rest: Partial<{ owner: string; reason: string }> = {}) =>
    world.ask.waive({
      vulnerability: CVE,
      subject,
      owner: 'shop',
      reason: 'not reachable',
      until: world.now + days * DAY_MS,
      actor: 'ann',
      ...rest,
    });
  const vex = (status: VexData['status'], products: readonly string[], rest: Partial<VexData> = {}) => {
    const statement = {
      vulnerability: CVE,
      products,
      components: [],
      status,
      justification: 'vulnerable_code_not_present',
      author: 'ann@example.org',
      at: world.now,
      ...rest,
    };
    const id = `${statement.author}/doc-${world.graph.facts.size}/0`;
    return { id, statement, document: Buffer.from('{}') };
  };
  const tell = async (...statements: readonly ReturnType<typeof vex>[]): Promise<void> => {
    world.brings.statements.push(...statements);
    await world.publish();
  };
  const excused = async (): Promise<number> => (await world.ask.who(CVE, null)).excused;

  describe('a waiver', () => {
    it('holds for a service until it expires by itself, and then the case is open', async () => {
      world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
      const answer = waive('production/shop/web', 7);
      assert.deepEqual([answer.state, answer.owner, answer.actor], ['active', 'shop', 'ann']);
      await world.settled();
      assert.equal(await excused(), 1);
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(world.caseOf(CVE), null);
      world.now += 8 * DAY_MS;
      await world.until(() => world.caseOf(CVE)?.state === 'open');
      assert.deepEqual([await excused(), world.ask.waivers()[0]?.state], [0, 'expired']);
      assert.ok(world.ask.case(CVE).timeline.some(({ what }) => what === 'a waiver expired'));
      assert.equal((await world.ask.who(CVE, world.now - 7 * DAY_MS)).excused, 1, 'it held then');
    });

    it('does not close an open case, it only shows', async () => {
      world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
      await world.until(() => world.caseOf(CVE)?.state === 'open');
      waive('shop');
      const found = world.ask.case(CVE);
      assert.deepEqual([found.state, found.instances, found.excused, found.dueAt], ['open', 1, 1, null]);
      const ended = world.ask.endWaiver(CVE, 'shop', 'bob');
      assert.deepEqual([ended.state, await excused()], ['ended', 0]);
    });

    it('is for an image by its name, an instance, a team or a service by its short name', async () => {
      const id = world.run('web-1', world.image('web:1', ['openssl 3.0.11-1']));
      await world.settled();
      for (const subject of ['web:1', id, 'web-1', 'shop', 'web', 'production/shop/web']) {
        const waiver = waive(subject);
        assert.equal(await excused(), 1, subject);
        world.ask.endWaiver(CVE, waiver.subject, 'ann');
        assert.equal(await excused(), 0, subject);
      }
    });

    const refused: readonly (readonly [
      why: string,
      subject: string,
      days: number,
      rest: Parameters<typeof waive>[2],
      message: RegExp,
    ])[] = [
      ['without a reason', 'shop', 7, { reason: ' ' }, /needs a reason/],
      ['that is over', 'shop', -1, {}, /is over/],
      ['for more than a year', 'shop', 400, {}, /a year at most/],
      ['of a team that there is not', 'shop', 7, { owner: 'nobody' }, /there is no team "nobody"/],
      ['for what there is not', 'nothing', 7, {}, /there is no service, image, team or instance "nothing"/],
    ];
    for (const [why, subject, days, rest, message] of refused) {
      it(`is refused ${why}`, () => {
        const before = world.store.head('audit').position;
        assert.throws(() => waive(subject, days, rest), message);
        assert.equal(world.store.head('audit').position, before);
      });
    }

    it('is refused for a vulnerability that nobody knows', () => {
      const request = { vulnerability: 'CVE-1999-1', subject: 'shop', owner: 'shop', reason: 'x', until: 0 };
      assert.throws(() => world.ask.waive({ ...request, actor: 'ann' }), { code: 'not-found' });
      assert.throws(() => world.ask.endWaiver(CVE, 'shop', 'ann'), { code: 'not-found' });
    });
  });

  describe('a VEX statement', () => {
    const tree = () => {
      const base = world.image('base:1', ['openssl 3.0.11-1']);
      const middle = world.image('middle:1', ['nginx 1-1'], { base });
      const leaf = world.image('leaf:1', ['bash 1-1'], { base: middle });
      const own = world.image('own:1', ['openssl 3.0.10-1'], { base });
      for (const [name, image] of Object.entries({ base, middle, leaf, own })) world.run(name, image);
      return { base, middle, leaf, own };
    };
    const excusedImages = async (): Promise<readonly string[]> =>
      (await world.ask.who(CVE, null)).images
        .filter((image) => image.excused !== null)
        .map(({ name }) => name.split(':')[0] ?? '')
        .toSorted();

    it('about an image holds for its descendants, for what it brought into them', async () => {
      const { base } = tree();
      await world.settled();
      await tell(vex('not_affected', [base.id]));
      assert.deepEqual(await excusedImages(), ['base', 'leaf', 'middle']);
      const [first] = (await world.ask.who(CVE, null)).images.filter(({ excused: by }) => by !== null);
      assert.deepEqual(first?.excused, {
        by: 'vex',
        author: 'ann@example.org',
        reason: 'vulnerable_code_not_present',
        until: null,
      });
    });

    const rows: readonly (readonly [
      about: string,
      products: readonly string[],
      components: readonly string[],
      images: readonly string[],
    ])[] = [
      ['an image in the middle', ['middle:1'], [], ['leaf', 'middle']],
      ['an image by its package URL', ['pkg:oci/middle?tag=1'], [], ['leaf', 'middle']],
      ['the package itself', ['pkg:deb/debian/openssl@3.0.11-1'], [], ['base', 'leaf', 'middle']],
      ['the package in an image', ['leaf:1'], ['pkg:deb/debian/openssl'], ['leaf']],
      ['another package in an image', ['leaf:1'], ['pkg:deb/debian/bash'], []],
      ['nothing that is here', ['elsewhere:1'], [], []],
    ];
    for (const [about, products, components, images] of rows) {
      it(`about ${about}`, async () => {
        tree();
        await world.settled();
        await tell(vex('not_affected', products, { components }));
        assert.deepEqual(await excusedImages(), images);
      });
    }

    it('that is newer replaces its author’s older one; against another author’s word it does not hold', async () => {
      tree();
      await world.settled();
      await tell(vex('not_affected', ['leaf:1']));
      await tell(vex('affected', ['leaf:1'], { at: world.now + 1 }));
      assert.deepEqual(await excusedImages(), []);
      await tell(vex('fixed', ['leaf:1'], { at: world.now + 2 }));
      assert.deepEqual(await excusedImages(), ['leaf']);
      await tell(vex('under_investigation', ['leaf:1'], { author: 'bob@example.org' }));
      assert.deepEqual(await excusedImages(), []);
    });

    it('that a newer edition of its document leaves out excuses no more, and an older edition changes nothing', async () => {
      tree();
      await world.settled();
      const said = (n: number, product: string, version: number, at: number) => ({
        ...vex('not_affected', [product], { edition: { version, at } }),
        id: `ann@example.org/doc/${n}`,
      });
      await tell(said(0, 'leaf:1', 1, 1), said(1, 'own:1', 1, 1));
      assert.deepEqual(await excusedImages(), ['leaf', 'own']);
      await tell(said(0, 'own:1', 2, 0));
      assert.deepEqual(await excusedImages(), ['own']);
      await tell(said(0, 'leaf:1', 1, 9), said(1, 'own:1', 1, 9));
      assert.deepEqual(await excusedImages(), ['own'], 'an older edition');
      await tell({ ...said(0, 'leaf:1', 1, 1), id: 'ann@example.org/doc/2/0' });
      assert.deepEqual(await excusedImages(), ['leaf', 'own'], 'another document');
      await tell(said(0, 'middle:1', 2, 1), said(0, 'own:1', 2, 0));
      assert.deepEqual(await excusedImages(), ['leaf', 'middle'], 'of the same version the later one');
    });

    it('of a document whose newer edition is empty excuses no more, nor does an older edition that is read later', async () => {
      tree();
      await world.settled();
      const said = (version: number) => ({
        ...vex('not_affected', ['leaf:1'], { edition: { version, at: 1 } }),
        id: 'ann@example.org/doc/0',
      });
      const publish = async (version: number, ...statements: readonly ReturnType<typeof vex>[]) => {
        world.brings.documents.push({ id: 'ann@example.org/doc', edition: { version, at: 1 } });
        await tell(...statements);
      };
      await publish(2, said(2));
      await publish(1);
      assert.deepEqual(await excusedImages(), ['leaf'], 'an older one that is empty');
      world.brings.documents.push({ id: 'ann@example.org/other', edition: { version: 9, at: 1 } });
      await tell({ ...said(9), id: 'ann@example.org/other/0' });
      assert.deepEqual(await excusedImages(), ['leaf'], 'another document');
      world.brings.documents.push({ id: 'ann@example.org/other', edition: { version: 10, at: 1 } });
      await tell();
      assert.deepEqual(await excusedImages(), ['leaf'], 'the other one, empty');
      await publish(3);
      assert.deepEqual(await excusedImages(), []);
      await publish(2, said(2));
      assert.deepEqual(await excusedImages(), [], 'an older one that is read later');
      await publish(4, said(4));
      assert.deepEqual(await excusedImages(), ['leaf']);
    });

    it('opens the case when it is left out', async () => {
      const image = world.image('web:1', ['openssl 3.0.11-1']);
      await world.settled();
      const said = (n: number, vulnerability: string, version: number) => ({
        ...vex('not_affected', ['web:1'], { vulnerability, edition: { version, at: 1 } }),
        id: `ann@example.org/doc/${n}`,
      });
      await tell(said(0, 'CVE-2026-2', 1), said(1, CVE, 1));
      world.run('web-1', image);
      await world.settled();
      assert.equal(world.caseOf(CVE), null);
      await tell(said(0, 'CVE-2026-2', 2));
      await world.until(() => world.caseOf(CVE)?.state === 'open');
    });
  });
});
