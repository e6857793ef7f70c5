import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRegistrySource, credentialsFrom } from '#sensors';
import { startRegistry, type Registry } from '../registry/registry.ts';
import { affectedBy } from './brute-force.ts';
import { found, held } from './held-packages.ts';
import { buildImageTree, type ImageTree } from './image-tree.ts';
import { osvRecords, type OsvRecord } from './osv-records.ts';
import { ImageReader } from './read-image.ts';
import { THIRTY_IMAGES } from './recipes.ts';

describe('thirty images', () => {
  const teardown = new AsyncDisposableStack();
  let registry: Registry;
  let tree: ImageTree;
  let records: readonly OsvRecord[];

  before(async () => {
    registry = await startRegistry('token');
    teardown.defer(() => registry.stop());
    tree = await buildImageTree(registry, THIRTY_IMAGES);
    teardown.defer(() => tree.stop());
    records = await osvRecords(tree);
  });
  after(() => teardown.disposeAsync());

  it('are thirty, a third of which does not name its base', () => {
    assert.equal(tree.images.size, 30);
    const silent = THIRTY_IMAGES.filter(({ parent, annotated }) => parent !== null && !annotated);
    assert.equal(silent.length, 10);
  });

  it('are read as dpkg sees them, through a registry that asks for tokens', async () => {
    const reader = new ImageReader(
      createRegistrySource({
        clock: Date.now,
        random: Math.random,
        credentials: credentialsFrom([registry.authFile]),
      }),
    );
    for (const image of tree.images.values()) {
      assert.deepEqual(found(await reader.read(image)), held(image.packages), image.reference);
    }
  });

  it('hold nothing of Debian that is known to be fixed, after all of them were rebuilt', async () => {
    const holders = (): readonly string[] =>
      [...tree.images.values()]
        .filter(({ packages }) =>
          records.some((each) => isDebian(each) && affectedBy(each, packages).length > 0),
        )
        .map(({ recipe }) => recipe.name);
    assert.equal(holders().length, 30);
    await tree.rebuild(THIRTY_IMAGES);
    assert.deepEqual(holders(), []);
  });
});

const isDebian = ({ id }: OsvRecord): boolean => id.startsWith('DEBIAN-');
