import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  AdvisorySyncAnswer,
  AffectedAnswer,
  CaseAnswer,
  FixPlanAnswer,
  ImageNodeAnswer,
  PackageListAnswer,
  ProofAnswer,
  WaiverAnswer,
} from '#model';
import { affectedBy } from '../image-tree/brute-force.ts';
import type { TreeImage } from '../image-tree/image-tree.ts';
import type { OsvRecord } from '../image-tree/osv-records.ts';
import type { TruePackage } from '../image-tree/root-packages.ts';
import { DEADLINE_DAYS } from './patch/declaration.ts';
import { bestScore, outOfOrder, planScore } from './patch/true-plan.ts';
import { packagesOfContainer } from '../image-tree/tree-containers.ts';
import { EIGHT_IMAGES } from '../image-tree/recipes.ts';
import { eventually } from './product.ts';
import { Organisation } from './patch/organisation.ts';
import { answered, saidOrigins, searchAll, trueOrigins, type LiveInstance } from './patch/truth.ts';

/** Container, image and environment. */
const RUNNING = [
  ['web-1', 'shop/web', 'production'],
  ['web-2', 'shop/web', 'production'],
  ['web-test', 'shop/web', 'test'],
  ['worker-1', 'shop/worker', 'production'],
  ['gateway-1', 'pay/gateway', 'production'],
  ['ledger-1', 'pay/ledger', 'production'],
  ['reports-1', 'data/reports', 'test'],
] as const;

describe('a real tree of images, from who is affected to the proof that it is gone', () => {
  const teardown = new AsyncDisposableStack();
  let organisation: Organisation;
  let builtFirst: readonly (readonly TruePackage[])[];
  after(() => teardown.disposeAsync());

  before(async () => {
    organisation = await Organisation.start(EIGHT_IMAGES, teardown);
    builtFirst = [...organisation.tree.images.values()].map(({ packages }) => packages);
    for (const { name, level } of EIGHT_IMAGES) if (level < 3) await organisation.pull(name);
    for (const [name, image, environment] of RUNNING) await organisation.deploy(name, image, environment);
    const up = await organisation.up();
    assert.equal(up.exit, 0, up.error);
    await organisation.settled();
    const declared = await organisation.declare();
    assert.equal(declared.exit, 0, declared.error);
  });

  const json = <Answer>(...line: readonly string[]): Promise<Answer> => organisation.json<Answer>(...line);

  /** What lies in every root file system at this moment, by dpkg. */
  function liveInstances(): Promise<readonly LiveInstance[]> {
    return Promise.all(
      [...organisation.deployed.values()].map(async (container) => {
        const { id, image, environment } = container;
        return { id, image, environment, packages: await packagesOfContainer(container) };
      }),
    );
  }

  /** The tree, once what each image holds is known. */
  function everyImageRead(): Promise<readonly ImageNodeAnswer[]> {
    return eventually(
      'every image was read',
      async () => {
        const all = await json<readonly ImageNodeAnswer[]>('images', '--tree');
        return all.every(({ packages }) => packages !== null) ? all : null;
      },
      READ_MS_MAX,
    );
  }

  it('shows the tree as it was built, also where an image does not name its base', async () => {
    const { tree } = organisation;
    const nodes = await everyImageRead();
    const expected = [...tree.images.values()].map(({ id, reference, recipe, packages }) => {
      const base = recipe.parent === null ? null : tree.image(recipe.parent);
      return {
        id,
        name: reference,
        team: recipe.team,
        packages: packages.length,
        base: base === null ? null : { id: base.id, upToLayer: base.diffIds.length - 1 },
        copiesFrom: recipe.copiesFrom.map((name) => tree.image(name).id),
      };
    });
    const found = nodes.map(({ id, name, team, packages, base, copiesFrom }) => ({
      id,
      name,
      team,
      packages,
      base: base === null ? null : { id: base.id, upToLayer: base.upToLayer },
      copiesFrom: copiesFrom.map((copied) => copied.id),
    }));
    const byId = (left: { readonly id: string | null }, right: { readonly id: string | null }) =>
      (left.id ?? '') < (right.id ?? '') ? -1 : 1;
    assert.deepEqual(found.toSorted(byId), expected.toSorted(byId));
  });

  it('says of every package what dpkg says, and which image brought it in', async () => {
    const { tree } = organisation;
    for (const image of tree.images.values()) {
      const answer = await json<PackageListAnswer>('packages', image.reference);
      assert.deepEqual(answer.unread, []);
      assert.deepEqual(saidOrigins(tree, answer), trueOrigins(tree, image), image.reference);
    }
    const web = organisation.deployed.get('web-1');
    const ofInstance = await json<PackageListAnswer>('packages', 'web-1');
    assert.equal(ofInstance.image, web?.imageId);
  });

  it('names whom each vulnerability affects, as a search through every live file system does', async () => {
    const { records } = organisation;
    const last = (
      await organisation.run('advisories', 'sync', await organisation.writeRecords(), '--json')
    ).out
      .trim()
      .split('\n')
      .at(-1);
    // The last line is the result.
    const synced = JSON.parse(last ?? '') as AdvisorySyncAnswer;
    assert.deepEqual(
      [synced.done, synced.changed, synced.refused, synced.problems],
      [true, records.length, 0, []],
    );
    const live = await liveInstances();
    let affected = 0;
    for (const record of records) {
      const answer = await organisation.ask<AffectedAnswer>(`who?subject=${record.id}`);
      const truth = searchAll(record, live);
      assert.deepEqual(answered(answer), truth, record.id);
      assert.deepEqual(answer.notLookedAt, []);
      if (truth.instances.length > 0) affected += 1;
    }
    assert.ok(affected > 20 && affected < records.length, `${affected} of ${records.length}`);
  });

  /** Of everything that affects what runs, one record for each way in which it is spread over the tree. */
  async function differentRecords(): Promise<readonly OsvRecord[]> {
    const live = await liveInstances();
    const affecting = organisation.records.filter((record) => searchAll(record, live).instances.length > 0);
    const spread = (record: OsvRecord): string =>
      [...organisation.tree.images.values()]
        .map(({ packages }) => affectedBy(record, packages).length)
        .join(' ');
    return [...Map.groupBy(affecting, spread).values()].flatMap(([first]) => first ?? []);
  }

  it('plans as few changes and builds as a search through all plans finds, parents first', async () => {
    const { tree } = organisation;
    const running = new Set([...organisation.deployed.values()].map(({ imageId }) => imageId));
    const different = await differentRecords();
    assert.ok(different.length >= 4, `${different.length} ways`);
    for (const record of different) {
      const plan = await organisation.ask<FixPlanAnswer>(`fix-plan?id=${record.id}`);
      assert.equal(plan.optimal, true);
      assert.deepEqual([plan.unfixable, plan.restarts], [[], []], record.id);
      const score = planScore(plan, record, { tree, running });
      assert.deepEqual(score, bestScore(record, tree, running), `${record.id} ${JSON.stringify(plan)}`);
      assert.equal(score[0], 0, 'nothing that runs holds it then');
      assert.deepEqual(outOfOrder(plan, tree), [], record.id);
    }
  });

  it('calls what was copied from a stage, and what was copied in by hand, what they are', async () => {
    const { tree } = organisation;
    const pointsOf = async (id: string) =>
      (await json<FixPlanAnswer>('fix', 'plan', id)).fixPoints.map(({ image, change, reason, packages }) => ({
        image,
        change,
        reason,
        fixed: packages.map((each) => each.fixed),
      }));
    assert.deepEqual(await pointsOf('CVE-2023-43804'), [
      {
        image: tree.image('pay/gateway').id,
        change: 'own-source',
        reason:
          'urllib3 is copied from its stage build, whose build steps bring it in, so its source must take a fixed version',
        fixed: ['1.26.17'],
      },
    ]);
    const [byHand] = await pointsOf('CVE-2025-43859');
    assert.deepEqual(byHand, {
      image: tree.image('pay/ledger').id,
      change: 'own-source',
      reason: 'its own build steps bring in h11, so its source must take a fixed version',
      fixed: ['0.16.0'],
    });
    const { packages } = await json<PackageListAnswer>('packages', 'gateway-1', '--name', 'urllib3');
    assert.deepEqual(
      packages.map(({ origin }) => [origin.kind, origin.imageName]),
      [['copied', `stage build of ${tree.image('pay/gateway').reference}`]],
    );
  });

  it('keeps a case open for each, with owners and a deadline', async () => {
    const live = await liveInstances();
    const expected = organisation.records
      .map((record) => ({ record, truth: searchAll(record, live) }))
      .filter(({ truth }) => truth.instances.length > 0)
      .map(({ record, truth }) => ({
        vulnerability: vulnerabilityOf(record),
        owners: truth.teams,
        environments: Object.keys(truth.environments).toSorted(),
        instances: truth.instances.length,
        days:
          truth.environments['production'] === undefined
            ? DEADLINE_DAYS.everywhere
            : DEADLINE_DAYS.production,
      }));
    const cases = await json<readonly CaseAnswer[]>('cases');
    const found = cases.map(({ vulnerability, owners, environments, instances, openedAt, dueAt }) => ({
      vulnerability,
      owners,
      environments,
      instances,
      days: (Date.parse(dueAt ?? '') - Date.parse(openedAt)) / 86_400_000,
    }));
    const byName = (left: { readonly vulnerability: string }, right: { readonly vulnerability: string }) =>
      left.vulnerability < right.vulnerability ? -1 : 1;
    assert.deepEqual(found.toSorted(byName), expected.toSorted(byName));
  });

  it('proves nothing while one instance holds it: the case stays open', async () => {
    const live = await liveInstances();
    const record = recordsOf('expat')[0];
    const proof = await json<ProofAnswer>('verify', record.id);
    assert.equal(proof.proven, false);
    assert.deepEqual(containersOf(proof), searchAll(record, live).instances);
    assert.ok(proof.holding.every(({ basis }) => basis === 'live-files'));
    assert.deepEqual(proof.notLooked, []);
    assert.equal((await json<CaseAnswer>('case', vulnerabilityOf(record))).state, 'open');
  });

  it('takes a waiver that ends by itself, and a statement that holds for what is built upon its image', async () => {
    const { tree, directory } = organisation;
    const excused = async (id: string) =>
      (await organisation.ask<AffectedAnswer>(`who?subject=${id}`)).groups
        .filter((group) => group.excused > 0)
        .map(({ service, excused: count }) => `${service} ${count}`)
        .toSorted();
    const until = new Date(Date.now() + WAIVED_MS).toISOString();
    const why = ['--owner', 'pay', '--reason', 'h11 is never called', '--until', until];
    await json<WaiverAnswer>('waive', 'CVE-2025-43859', '--for', 'production/pay/ledger', ...why, '--yes');
    assert.deepEqual(await excused('CVE-2025-43859'), ['production/pay/ledger 1']);

    // Of two vulnerabilities of one package: what is said of one says nothing of the other.
    const [other, said] = recordsOf('expat');
    const file = join(directory, 'tools.vex.json');
    const { digest } = tree.image('language/tools');
    await writeFile(file, statement(vulnerabilityOf(said), `pkg:oci/tools@${digest}`));
    assert.equal((await organisation.run('documents', 'add', file)).exit, 0);
    assert.deepEqual(await excused(said.id), [
      'production/pay/gateway 1',
      'production/pay/ledger 1',
      'test/data/reports 1',
    ]);
    assert.deepEqual(await excused(other.id), []);

    await eventually('the waiver has ended', async () => {
      const [waiver] = await json<readonly WaiverAnswer[]>('waivers');
      return waiver?.state === 'expired' ? true : null;
    });
    assert.deepEqual(await excused('CVE-2025-43859'), []);
  });

  describe('after everything was rebuilt against the security suite, and restarted', () => {
    let earlier: { readonly at: string; readonly live: readonly LiveInstance[] };
    let oldWeb: TreeImage;

    it('proves that it is gone, and closes the cases by that', async () => {
      earlier = { at: new Date().toISOString(), live: await liveInstances() };
      const { tree, deployed, records } = organisation;
      oldWeb = tree.image('shop/web');
      await tree.rebuild(EIGHT_IMAGES);
      for (const [name, { image, environment }] of [...deployed])
        await organisation.deploy(name, image.recipe.name, environment);
      await organisation.settled();
      for (const { name, level } of EIGHT_IMAGES) if (level < 3) await organisation.pull(name);
      const live = await liveInstances();
      for (const record of [recordsOf('expat')[0], recordsOf('perl')[0]]) {
        assert.ok(searchAll(record, earlier.live).instances.length > 0);
        const proof = await json<ProofAnswer>('verify', record.id);
        assert.deepEqual([proof.proven, proof.holding, proof.notLooked], [true, [], []], record.id);
        assert.equal(proof.looked.length + proof.others, deployed.size);
        assert.ok(proof.looked.length > 0, record.id);
        assert.ok(proof.looked.every(({ basis }) => basis === 'live-files'));
      }
      assert.equal((await json<CaseAnswer>('case', vulnerabilityOf(recordsOf('expat')[0]))).state, 'closed');
      await organisation.onlyOpen(
        records.filter((record) => searchAll(record, live).instances.length > 0).map(vulnerabilityOf),
        READ_MS_MAX,
      );
      // Cases close by live files, which may be looked at before the new images are.
      await everyImageRead();
      for (const record of records) {
        const answer = await organisation.ask<AffectedAnswer>(`who?subject=${record.id}`);
        assert.deepEqual(answered(answer), searchAll(record, live), record.id);
      }
    });

    it('names the one that was started again from the old image, and opens the case again', async () => {
      const record = recordsOf('expat')[0];
      const behind = await organisation.deployOld('web-by-hand', oldWeb, 'production');
      await organisation.settled();
      const proof = await json<ProofAnswer>('verify', record.id);
      assert.equal(proof.proven, false);
      assert.deepEqual(containersOf(proof), [behind.id]);
      assert.deepEqual(
        proof.holding.map(({ name, service, team, image, basis }) => [name, service, team, image, basis]),
        [['web-by-hand', 'production/shop/web', 'shop', oldWeb.id, 'live-files']],
      );
      const reopened = await json<CaseAnswer>('case', vulnerabilityOf(record));
      assert.deepEqual([reopened.state, reopened.reopened, reopened.instances], ['open', 1, 1]);
    });

    it('still answers who was affected before', async () => {
      for (const record of await differentFrom(earlier.live)) {
        const answer = await json<AffectedAnswer>('who', record.id, '--at', earlier.at);
        assert.deepEqual(answered(answer), searchAll(record, earlier.live), record.id);
      }
    });

    async function differentFrom(live: readonly LiveInstance[]): Promise<readonly OsvRecord[]> {
      const bySpread = Map.groupBy(organisation.records, (record) =>
        searchAll(record, live).instances.join(' '),
      );
      return [...bySpread.values()].flatMap(([first]) => first ?? []);
    }
  });

  /** Of a source package, each that affects what was built first. */
  function recordsOf(source: string): readonly [OsvRecord, OsvRecord, ...OsvRecord[]] {
    const [first, second, ...others] = organisation.records.filter(
      (record) => isOf(record, source) && builtFirst.some((each) => affectedBy(record, each).length > 0),
    );
    assert.ok(first !== undefined && second !== undefined, source);
    return [first, second, ...others];
  }
});

const WAIVED_MS = 8000;
/** Eight images of some 100 MB, on a machine that does other things too. */
const READ_MS_MAX = 120_000;

function isOf({ affected }: OsvRecord, source: string): boolean {
  return affected.length === 1 && affected.every((each) => each.package.name === source);
}

/** The id that people know it by. */
function vulnerabilityOf({ id, upstream, aliases }: OsvRecord): string {
  return [...upstream, ...aliases].find((each) => each.startsWith('CVE-')) ?? id;
}

function containersOf({ holding }: ProofAnswer): readonly string[] {
  return holding.map(({ instance }) => instance.slice('container/'.length)).toSorted();
}

/** OpenVEX 0.2. */
function statement(vulnerability: string, product: string): string {
  return JSON.stringify({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://example.org/vex/tools',
    author: 'security@example.org',
    timestamp: new Date().toISOString(),
    version: 1,
    statements: [
      {
        vulnerability: { name: vulnerability },
        products: [{ '@id': product }],
        status: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
      },
    ],
  });
}
