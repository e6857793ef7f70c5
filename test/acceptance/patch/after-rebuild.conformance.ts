import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AffectedAnswer, CaseAnswer, ProofAnswer } from '#model';
import type { TreeImage } from '../../image-tree/image-tree.ts';
import type { OsvRecord } from '../../image-tree/osv-records.ts';
import type { Organisation } from './organisation.ts';
import { vulnerabilityOf } from './record-files.ts';
import { answered, containersOf, searchAll, type LiveInstance } from './truth.ts';

/** Rebuilds all images with what the security team fixed, and restarts what runs. */
export function itIsGoneAfterRebuilding(given: () => Organisation): void {
  let earlier: { readonly at: string; readonly live: readonly LiveInstance[] };
  let oldWeb: TreeImage;
  const json = <Answer>(...line: readonly string[]): Promise<Answer> => given().json<Answer>(...line);

  it('proves that it is gone, and closes the cases by that', async () => {
    const organisation = given();
    const { tree, deployed, records } = organisation;
    earlier = { at: new Date().toISOString(), live: await organisation.liveInstances() };
    oldWeb = tree.image('shop/web');
    const gone = ['expat', 'perl'].map((source) => organisation.recordsOf(source)[0]);
    const recipes = [...tree.images.values()].map(({ recipe }) => recipe);
    await tree.rebuild(recipes);
    for (const [name, { image, environment }] of [...deployed])
      await organisation.deploy(name, image.recipe.name, environment);
    await organisation.settled();
    for (const { name, level } of recipes) if (level < 3) await organisation.pull(name);
    const live = await organisation.liveInstances();
    for (const record of gone) {
      assert.ok(searchAll(record, earlier.live).instances.length > 0);
      const proof = await json<ProofAnswer>('verify', record.id);
      assert.deepEqual([proof.proven, proof.holding, proof.notLooked], [true, [], []], record.id);
      assert.equal(proof.looked.length + proof.others, deployed.size);
      assert.ok(proof.looked.length > 0, record.id);
      assert.ok(proof.looked.every(({ basis }) => basis === 'live-files'));
      assert.equal((await json<CaseAnswer>('case', vulnerabilityOf(record))).state, 'closed');
    }
    await organisation.onlyOpen(
      records.filter((record) => searchAll(record, live).instances.length > 0).map(vulnerabilityOf),
    );
    // Cases close by live files, which may be looked at before the new images are.
    await organisation.everyImageRead();
    for (const record of records) {
      const answer = await organisation.ask<AffectedAnswer>(`who?subject=${record.id}`);
      assert.deepEqual(answered(answer), searchAll(record, live), record.id);
    }
  });

  it('names the one that was started again from the old image, and opens the case again', async () => {
    const organisation = given();
    const [record] = organisation.recordsOf('expat');
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
    for (const record of differentFrom(earlier.live)) {
      const answer = await json<AffectedAnswer>('who', record.id, '--at', earlier.at);
      assert.deepEqual(answered(answer), searchAll(record, earlier.live), record.id);
    }
  });

  function differentFrom(live: readonly LiveInstance[]): readonly OsvRecord[] {
    const bySpread = Map.groupBy(given().records, (record) => searchAll(record, live).instances.join(' '));
    return [...bySpread.values()].flatMap(([first]) => first ?? []);
  }
}
