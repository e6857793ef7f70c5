import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AdvisorySyncAnswer, AffectedAnswer, ImageNodeAnswer, PackageListAnswer } from '#model';
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
  after(() => teardown.disposeAsync());

  before(async () => {
    organisation = await Organisation.start(EIGHT_IMAGES, teardown);
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

  it('shows the tree as it was built, also where an image does not name its base', async () => {
    const { tree } = organisation;
    const nodes = await eventually('every image was read', async () => {
      const all = await json<readonly ImageNodeAnswer[]>('images', '--tree');
      return all.every(({ packages }) => packages !== null) ? all : null;
    });
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
});
