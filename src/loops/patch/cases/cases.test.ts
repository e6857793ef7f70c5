import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { advisory, DAY_MS, PatchWorld } from '../patch-world.fixture.ts';

const CVE = 'CVE-2026-1';
const RECORD = advisory(CVE, 'openssl < 3.0.12-1');

describe('a case', () => {
  let world: PatchWorld;
  beforeEach(() => {
    world = new PatchWorld().start();
  });
  afterEach(() => world.end());

  const state = (): string | null => world.caseOf(CVE)?.state ?? null;
  const old = () => world.image('web:1', ['openssl 3.0.11-1']);
  const fixed = () => world.image('web:2', ['openssl 3.0.12-1']);

  it('opens when an advisory comes that touches what runs, and the sync says so', async () => {
    world.run('web-1', old());
    await world.settled();
    assert.equal(state(), null);
    assert.deepEqual(await world.publish(RECORD), [CVE]);
    const found = world.ask.case(CVE);
    assert.deepEqual(
      [found.state, found.instances, found.owners, found.environments, found.overdue],
      ['open', 1, ['shop'], ['production'], false],
    );
    assert.deepEqual(
      found.timeline.map(({ what, actor }) => [what, actor]),
      [
        ['published', null],
        ['open: 1 running instance holds it', 'patch'],
      ],
    );
  });

  it('opens when something is started that an advisory speaks of, and not before', async () => {
    const image = old();
    await world.settled();
    assert.deepEqual(await world.publish(RECORD), []);
    assert.equal(state(), null);
    world.run('web-1', image);
    await world.until(() => state() === 'open');
  });

  it('stays open while one instance holds it; closes by proof, and opens again when it comes back', async () => {
    const [first, second] = [world.run('web-1', old()), world.run('web-2', old())];
    await world.settled();
    await world.publish(RECORD);
    world.instances.stop(first);
    world.run('web-3', fixed());
    await world.settled();
    assert.equal(state(), 'open');
    world.instances.stop(second);
    await world.until(() => state() === 'closed');
    const closed = world.ask.case(CVE);
    assert.match(closed.timeline.at(-1)?.what ?? '', /^closed: proven: 1 running instance was looked at/);
    assert.notEqual(closed.closedAt, null);
    world.now += DAY_MS;
    world.run('web-4', old());
    await world.until(() => state() === 'open');
    const again = world.ask.case(CVE);
    assert.deepEqual([again.reopened, again.openedAt], [1, new Date(world.now).toISOString()]);
  });

  it('does not close while something that runs was not looked at', async () => {
    const first = world.run('web-1', old());
    await world.settled();
    await world.publish(RECORD);
    world.instances.start('strange-1', null, 'production/shop/web');
    world.instances.stop(first);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(state(), 'open');
    world.instances.stop('container:strange-1');
    world.now += 3_600_000;
    await world.until(() => state() === 'closed');
  });

  it('is tried again soon when something changed right after a proof that failed', async () => {
    const looked = () => new Promise((resolve) => setTimeout(resolve, 300));
    const first = world.run('web-1', old());
    await world.settled();
    await world.publish(RECORD);
    world.instances.start('strange-1', null, 'production/shop/web');
    world.instances.stop(first);
    await looked();
    world.now += 1000;
    world.instances.stop('container:strange-1');
    await looked();
    assert.equal(state(), 'open');
    world.now += 10_000;
    await world.until(() => state() === 'closed');
  });

  it('closes with the others by one look at each live file system, however long these take', async () => {
    const names = ['a', 'b', 'c'];
    const records = names.map((name) => advisory(`CVE-2026-2${name}`, `${name} < 2-1`));
    const packages = (version: string) => names.map((name) => `${name} ${version}`);
    const [holding, mended] = [world.image('job:1', packages('1-1')), world.image('job:2', packages('2-1'))];
    const first = world.run('job-1', holding);
    const others = ['job-2', 'job-3'].map((name) => world.run(name, mended));
    for (const id of others) world.images.live.set(world.instances.pidOf(id), packages('2-1'));
    await world.settled();
    for (const record of records) await world.publish(record);
    const look = world.images.scanLiveRoot.bind(world.images);
    let looks = 0;
    world.images.scanLiveRoot = (process) => {
      looks += 1;
      world.now += 50_000;
      return look(process);
    };
    world.instances.stop(first);
    await world.until(() => records.every(({ id }) => world.caseOf(id)?.state === 'closed'));
    assert.equal(looks, others.length);
  });

  it('closes when the advisory is withdrawn', async () => {
    world.run('web-1', old());
    await world.settled();
    await world.publish(RECORD);
    await world.publish({ ...RECORD, modified: world.now, withdrawn: world.now });
    await world.until(() => state() === 'closed');
    assert.match(world.ask.case(CVE).timeline.at(-1)?.what ?? '', /the advisory was withdrawn$/);
  });

  it('that is closed gets another line of a proof only when that says something else', async () => {
    const first = world.run('web-1', old());
    world.run('web-2', fixed());
    await world.settled();
    await world.publish(RECORD);
    world.instances.stop(first);
    await world.until(() => state() === 'closed');
    const lines = (): number => world.ask.case(CVE).timeline.length;
    const verify = async (): Promise<void> => {
      world.now += 1000;
      assert.equal((await world.ask.verify(CVE, new AbortController().signal)).proven, true);
    };
    const before = lines();
    await verify();
    assert.equal(lines(), before);
    world.run('web-3', fixed());
    await world.settled();
    await verify();
    assert.equal(lines(), before + 1);
    assert.equal(state(), 'closed');
  });

  const notice = (about: string, affected: string, days: number) =>
    advisory('DSA-1', affected, { aliases: [about], modified: world.now + days * DAY_MS });

  it('closes when its only record speaks of another vulnerability, whose case opens', async () => {
    world.run('web-1', old());
    await world.settled();
    await world.publish(notice(CVE, 'openssl < 3.0.12-1', 0));
    assert.equal(state(), 'open');
    await world.publish(notice('CVE-2026-2222', 'openssl < 3.0.12-1', 1));
    assert.equal(world.caseOf('CVE-2026-2222')?.state, 'open');
    await world.until(() => state() === 'closed');
    assert.match(world.ask.case(CVE).timeline.at(-1)?.what ?? '', /no advisory speaks of it any more$/);
  });

  for (const [what, about, affected] of [
    ['speaks of another vulnerability', 'CVE-2026-2222', 'openssl < 3.0.12-1'],
    ['leaves the package out', CVE, 'zlib < 2-1'],
  ] as const) {
    it(`closes by proof when the record that called it affected ${what}`, async () => {
      world.run('web-1', old());
      await world.settled();
      const own = advisory(CVE, 'bash < 5-1');
      await world.publish(own, notice(CVE, 'openssl < 3.0.12-1', 0));
      assert.equal(state(), 'open');
      await world.publish(notice(about, affected, 1));
      await world.until(() => state() === 'closed');
      assert.match(world.ask.case(CVE).timeline.at(-1)?.what ?? '', /^closed: proven/);
    });
  }

  const GHSA = 'GHSA-aaaa-bbbb-cccc';
  const reported = (aliases: readonly string[], days: number) =>
    advisory(GHSA, 'openssl < 3.0.12-1', { aliases, modified: world.now + days * DAY_MS });
  const told = (id: string): readonly string[] => world.ask.case(id).timeline.map(({ what }) => what);

  it('goes on under the id of CVE that its record gets later, from when it was opened', async () => {
    const first = world.run('web-1', old());
    await world.settled();
    assert.deepEqual(await world.publish(reported([], 0)), [GHSA]);
    const { openedAt } = world.ask.case(GHSA);
    world.now += DAY_MS;
    assert.deepEqual(await world.publish(reported([CVE], 1)), []);
    assert.deepEqual([world.caseOf(CVE)?.state, world.caseOf(GHSA)?.state], ['open', 'closed']);
    const joined = world.ask.case(GHSA);
    assert.deepEqual([joined.vulnerability, joined.openedAt, joined.reopened], [CVE, openedAt, 0]);
    assert.ok(told(CVE).includes(`open: ${GHSA} is the same, and its case goes on here`));
    assert.match(String(world.graph.one('case', GHSA)?.data.reason), new RegExp(`^it is ${CVE}`));
    await world.restart();
    await world.settled();
    assert.equal(world.caseOf(GHSA)?.state, 'closed');
    world.instances.stop(first);
    await world.until(() => state() === 'closed');
    assert.match(told(CVE).at(-1) ?? '', /^closed: proven/);
  });

  it('joins the case that the id of CVE has already', async () => {
    world.run('web-1', old());
    await world.settled();
    await world.publish(reported([], 0));
    const { openedAt } = world.ask.case(GHSA);
    world.now += DAY_MS;
    await world.publish(RECORD);
    assert.deepEqual([world.caseOf(CVE)?.state, world.caseOf(GHSA)?.state], ['open', 'open']);
    world.now += DAY_MS;
    await world.publish(reported([CVE], 2));
    assert.deepEqual([world.caseOf(CVE)?.state, world.caseOf(GHSA)?.state], ['open', 'closed']);
    assert.equal(world.ask.case(CVE).openedAt, openedAt);
  });

  it('is due by severity and environment, from when it was opened', async () => {
    world.say('patch-policy', 'policy', {
      deadlinesMs: { high: 5 * DAY_MS },
      environments: { test: { high: 9 * DAY_MS } },
    });
    world.run('web-1', old(), { service: 'test/shop/web' });
    await world.settled();
    await world.publish(RECORD);
    const due = (days: number): string => new Date(world.now + days * DAY_MS).toISOString();
    assert.equal(world.ask.case(CVE).dueAt, due(9));
    world.run('web-2', old());
    await world.until(() => world.ask.case(CVE).instances === 2);
    assert.equal(world.ask.case(CVE).dueAt, due(5));
    assert.deepEqual(
      (await world.ask.who(CVE, null)).groups.map(({ environment, dueAt }) => [environment, dueAt]),
      [
        ['production', due(5)],
        ['test', due(9)],
      ],
    );
    world.now += 6 * DAY_MS;
    assert.equal(world.ask.case(CVE).overdue, true);
  });

  it('gives the same actions after a restart: none', async () => {
    world.run('web-1', old());
    await world.settled();
    await world.publish(RECORD);
    const head = world.store.head('audit').position;
    await world.restart();
    await world.settled();
    await world.until(() => world.ask.case(CVE).instances === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(world.store.head('audit').position, head);
  });

  it('opens for what was started while nobody looked', async () => {
    await world.publish(RECORD);
    await world.stop();
    world.start();
    world.run('web-1', old());
    await world.until(() => state() === 'open');
  });

  it('asked for and never opened is not found', () => {
    assert.throws(() => world.ask.case(CVE), { code: 'not-found', next: `sheer who ${CVE}` });
  });
});
