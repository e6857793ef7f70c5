import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  AdvisorySyncAnswer,
  AffectedAnswer,
  CaseAnswer,
  FixPlanAnswer,
  PackageListAnswer,
  ProofAnswer,
  WaiverAnswer,
} from '#model';
import { affectedBy } from '../../image-tree/brute-force.ts';
import type { ImageTree } from '../../image-tree/image-tree.ts';
import type { OsvRecord } from '../../image-tree/osv-records.ts';
import type { Recipe } from '../../image-tree/recipes.ts';
import { eventually } from '../product.ts';
import { itIsGoneAfterRebuilding } from './after-rebuild.conformance.ts';
import { DEADLINE_DAYS } from './declaration.ts';
import { Organisation } from './organisation.ts';
import { type RecordPlace, severityOf, vulnerabilityOf, writeRecords } from './record-files.ts';
import { outOfOrder, planScore, type PlanScore } from './true-plan.ts';
import { answered, containersOf, saidOrigins, searchAll, trueOrigins } from './truth.ts';

export interface TreeProof {
  readonly recipes: readonly Recipe[];
  /** Name of the container, image and environment; the eight images' own applications run in all of them. */
  readonly running: readonly (readonly [string, string, string])[];
  /** Images that don't run, and lie in an OCI layout instead of the engine. */
  readonly shelved: readonly string[];
  readonly records: RecordPlace;
  readonly bestScore: (record: OsvRecord, tree: ImageTree, running: ReadonlySet<string>) => PlanScore;
}

/** Everything that the patch loop says of a real tree of images, against a search through everything. */
export function itIsTrueOf(proof: TreeProof): void {
  const teardown = new AsyncDisposableStack();
  let organisation: Organisation;
  after(() => teardown.disposeAsync());

  before(async () => {
    organisation = await Organisation.start(proof.recipes, teardown);
    const runs = new Set(proof.running.map(([, image]) => image));
    for (const { name } of proof.recipes) {
      if (proof.shelved.includes(name)) await organisation.shelve(name);
      else if (!runs.has(name)) await organisation.pull(name);
    }
    for (const [name, image, environment] of proof.running)
      await organisation.deploy(name, image, environment);
    const up = await organisation.up();
    assert.equal(up.exit, 0, up.error);
    await organisation.settled();
    await organisation.loseShelved();
    const declared = await organisation.declare();
    assert.equal(declared.exit, 0, declared.error);
  });

  const json = <Answer>(...line: readonly string[]): Promise<Answer> => organisation.json<Answer>(...line);
  const expat = (): readonly [OsvRecord, OsvRecord, ...OsvRecord[]] => organisation.recordsOf('expat');

  if (proof.shelved.length > 0)
    it('reads what runs nowhere, and no engine has, from an OCI layout', async () => {
      const { tree, shelved } = organisation;
      for (const name of shelved) {
        const image = tree.image(name);
        const answer = await json<PackageListAnswer>('packages', image.reference);
        assert.deepEqual([answer.image, answer.unread], [image.id, []]);
        assert.deepEqual(
          answer.lists.map(({ origin, from }) => [origin, from]),
          [['read', 'layout']],
        );
        assert.deepEqual(saidOrigins(tree, answer), trueOrigins(tree, image), name);
      }
    });

  it('shows the tree as it was built, also where an image does not name its base', async () => {
    const { tree, shelved } = organisation;
    const nodes = await organisation.everyImageRead();
    const expected = [...tree.images.values()]
      .filter(({ recipe }) => !shelved.has(recipe.name))
      .map(({ id, reference, recipe, packages }) => {
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
    const { tree, deployed, shelved } = organisation;
    for (const image of tree.images.values()) {
      if (shelved.has(image.recipe.name)) continue;
      const answer = await json<PackageListAnswer>('packages', image.reference);
      assert.deepEqual(answer.unread, []);
      assert.deepEqual(saidOrigins(tree, answer), trueOrigins(tree, image), image.reference);
    }
    const { registry } = organisation;
    const web = tree.image('shop/web');
    // What no engine here has is read from its registry.
    await registry.push(`docker://${web.reference}`, 'elsewhere/web:2', ['--src-tls-verify=false']);
    const elsewhere = await json<PackageListAnswer>('packages', `${registry.host}/elsewhere/web:2`);
    assert.deepEqual(saidOrigins(tree, elsewhere), trueOrigins(tree, web));
    const ofInstance = await json<PackageListAnswer>('packages', 'web-1');
    assert.equal(ofInstance.image, deployed.get('web-1')?.imageId);
  });

  it('names whom each vulnerability affects, as a search through every live file system does', async () => {
    const { records, directory } = organisation;
    const place = await writeRecords(directory, records, proof.records);
    const { out } = await organisation.run('advisories', 'sync', place, '--json');
    // The last line is the result.
    const synced = JSON.parse(out.trim().split('\n').at(-1) ?? '') as AdvisorySyncAnswer;
    assert.deepEqual(
      [synced.done, synced.changed, synced.refused, synced.problems],
      [true, records.length, 0, []],
    );
    const live = await organisation.liveInstances();
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
    const live = await organisation.liveInstances();
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
      assert.deepEqual(score, proof.bestScore(record, tree, running), `${record.id} ${JSON.stringify(plan)}`);
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
    const live = await organisation.liveInstances();
    const expected = organisation.records
      .map((record) => ({ record, truth: searchAll(record, live) }))
      .filter(({ truth }) => truth.instances.length > 0)
      .map(({ record, truth }) => {
        const isInProduction = truth.environments['production'] !== undefined;
        const days = isInProduction ? DEADLINE_DAYS.production : DEADLINE_DAYS.everywhere;
        return {
          vulnerability: vulnerabilityOf(record),
          owners: truth.teams,
          environments: Object.keys(truth.environments).toSorted(),
          instances: truth.instances.length,
          days: days[severityOf(record)],
        };
      });
    await organisation.onlyOpen(expected.map(({ vulnerability }) => vulnerability));
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
    const live = await organisation.liveInstances();
    const [record] = expat();
    const answer = await json<ProofAnswer>('verify', record.id);
    assert.equal(answer.proven, false);
    assert.deepEqual(containersOf(answer), searchAll(record, live).instances);
    assert.ok(answer.holding.every(({ basis }) => basis === 'live-files'));
    assert.deepEqual(answer.notLooked, []);
    assert.equal((await json<CaseAnswer>('case', vulnerabilityOf(record))).state, 'open');
  });

  it('believes the live file system, not the image, of one that was upgraded by hand', async () => {
    const mended = await organisation.deploy('web-mended', 'shop/web', 'test');
    await organisation.upgradeInside('web-mended', 'libexpat1');
    await organisation.settled();
    const live = await organisation.liveInstances();
    const upgraded = live.find(({ id }) => id === mended.id)?.packages ?? [];
    const version = upgraded.find(({ name }) => name === 'libexpat1')?.version;
    for (const record of [expat()[0], organisation.recordsOf('perl')[0]]) {
      const answer = await json<ProofAnswer>('verify', record.id);
      assert.deepEqual(containersOf(answer), searchAll(record, live).instances, record.id);
      const looked = answer.looked
        .filter(({ instance }) => instance === `container/${mended.id}`)
        .map(({ basis, found }) => [basis, found]);
      const isExpat = record.id === expat()[0].id;
      assert.deepEqual(looked, isExpat ? [['live-files', [`libexpat1 ${version}`]]] : []);
    }
    await organisation.remove('web-mended');
    await organisation.settled();
  });

  it('takes a waiver that ends by itself, and a statement that holds for what is built upon its image', async () => {
    const { tree, directory } = organisation;
    const excused = async (id: string) =>
      (await organisation.ask<AffectedAnswer>(`who?subject=${id}`)).groups
        .filter((group) => group.excused > 0)
        .map(({ service, excused: count }) => `${service} ${count}`)
        .toSorted();
    const waive = (forMs: number): Promise<WaiverAnswer> => {
      const until = new Date(Date.now() + forMs).toISOString();
      const why = ['--owner', 'pay', '--reason', 'h11 is never called', '--until', until];
      return json('waive', 'CVE-2025-43859', '--for', 'production/pay/ledger', ...why, '--yes');
    };
    await waive(3_600_000);
    assert.deepEqual(await excused('CVE-2025-43859'), ['production/pay/ledger 1']);

    // Of two vulnerabilities of one package: what is said of one says nothing of the other.
    const [other, said] = expat();
    const file = join(directory, 'tools.vex.json');
    const { digest } = tree.image('language/tools');
    await writeFile(file, statement(vulnerabilityOf(said), `pkg:oci/tools@${digest}`));
    assert.equal((await organisation.run('documents', 'add', file)).exit, 0);
    const live = await organisation.liveInstances();
    const below = live.filter(({ image }) => image.recipe.parent === 'language/tools');
    const services = Map.groupBy(below, ({ image, environment }) => `${environment}/${image.recipe.name}`);
    assert.deepEqual(
      await excused(said.id),
      Array.from(services, ([service, those]) => `${service} ${those.length}`).toSorted(),
    );
    assert.deepEqual(await excused(other.id), []);

    await waive(WAIVED_MS);
    await eventually('the waiver has ended', async () => {
      const [waiver] = await json<readonly WaiverAnswer[]>('waivers');
      return waiver?.state === 'expired' ? true : null;
    });
    assert.deepEqual(await excused('CVE-2025-43859'), []);
  });

  describe('after everything was rebuilt against the security suite, and restarted', () => {
    itIsGoneAfterRebuilding(() => organisation);
  });
}

/** Long enough for a command to begin on a machine that does other things too. */
const WAIVED_MS = 20_000;

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
