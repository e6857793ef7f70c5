import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContainersEngine } from '#engines';
import { createExportedSource, createRegistrySource } from '#sensors';
import { startPodman, type Podman } from '../podman/podman.ts';
import { startRegistry, type Registry } from '../registry/registry.ts';
import { affectedBy } from './brute-force.ts';
import { found, held } from './held-packages.ts';
import { buildImageTree, type ImageTree } from './image-tree.ts';
import { osvRecords, type OsvRecord } from './osv-records.ts';
import { ImageReader } from './read-image.ts';
import { EIGHT_IMAGES } from './recipes.ts';
import { packagesOfContainer, runImage } from './tree-containers.ts';

const teardown = new AsyncDisposableStack();
let registry: Registry;
let tree: ImageTree;
let podman: Podman;
let records: readonly OsvRecord[];

before(async () => {
  registry = await startRegistry();
  teardown.defer(() => registry.stop());
  tree = await buildImageTree(registry, EIGHT_IMAGES);
  teardown.defer(() => tree.stop());
  records = await osvRecords(tree);
  podman = await startPodman();
  teardown.defer(() => podman.stop());
});
after(() => teardown.disposeAsync());

const affectedIn = (name: string): readonly string[] =>
  records.filter((record) => affectedBy(record, tree.image(name).packages).length > 0).map(({ id }) => id);

describe('a real tree of images', () => {
  it('has three levels, each on the layers of the one below', () => {
    for (const { recipe, diffIds } of tree.images.values()) {
      const below = recipe.parent === null ? [] : tree.image(recipe.parent).diffIds;
      assert.deepEqual(diffIds.slice(0, below.length), below, recipe.name);
      assert.ok(diffIds.length > below.length, recipe.name);
    }
    assert.deepEqual([...new Set(EIGHT_IMAGES.map(({ level }) => level))], [1, 2, 3]);
  });

  it('names the bases of its images, but for three', async () => {
    const named: string[] = [];
    for (const { recipe, digest } of tree.images.values()) {
      const { annotations } = await manifestOf(recipe.name, digest);
      const base = annotations?.['org.opencontainers.image.base.digest'];
      if (base === undefined) continue;
      named.push(recipe.name);
      assert.equal(base, tree.image(recipe.parent ?? '').digest);
    }
    assert.deepEqual(named, ['language/python', 'shop/web', 'pay/gateway', 'pay/ledger']);
  });

  it('has libraries that no package manager knows of', () => {
    const foreign = [...tree.images.values()].flatMap(({ recipe, packages }) =>
      packages.filter(({ kind }) => kind === 'python').map(({ name }) => `${recipe.name} ${name}`),
    );
    assert.deepEqual(foreign, ['pay/gateway urllib3', 'pay/ledger h11']);
  });
});

describe('true records about it', () => {
  it('touch every image, by what it holds', () => {
    for (const name of tree.images.keys()) assert.ok(affectedIn(name).length > 0, name);
    assert.ok(affectedIn('pay/ledger').includes('GHSA-vqfr-h8mv-ghfj'));
    assert.ok(affectedIn('pay/gateway').includes('GHSA-v845-jxx5-vc9f'));
    assert.ok(affectedIn('language/tools').length > affectedIn('base/debian').length);
  });

  it('are also about what was fixed before the tree was built', () => {
    const touching = new Set([...tree.images.keys()].flatMap(affectedIn));
    assert.ok(touching.size > 3, `${touching.size} touch it`);
    assert.ok(records.length > touching.size, `${records.length} records`);
  });
});

describe('what the product reads of it', () => {
  const layersOfTree = (): number =>
    new Set([...tree.images.values()].flatMap(({ diffIds }) => diffIds)).size;

  it('from the registry equals what dpkg says of every image, each layer read once', async () => {
    const reader = new ImageReader(createRegistrySource({ clock: Date.now, random: Math.random }));
    for (const image of tree.images.values()) {
      assert.deepEqual(found(await reader.read(image)), held(image.packages), image.reference);
    }
    assert.equal(reader.layersRead, layersOfTree());
  });

  it("from the engine's store is the same", async () => {
    const { socketPath } = podman;
    const engine = createContainersEngine({ id: 'podman', socketPath, node: 'node-1', clock: Date.now });
    const exported = createExportedSource('podman', async (id, signal) =>
      engine.exportImage === undefined ? null : engine.exportImage(id, signal),
    );
    const reader = new ImageReader(exported);
    for (const name of ['pay/gateway', 'shop/worker']) {
      const image = tree.image(name);
      await podman.command('pull', '--quiet', '--tls-verify=false', image.reference);
      assert.deepEqual(found(await reader.read(image)), held(image.packages), name);
    }
    assert.equal(reader.layersRead, 5, 'the base was read once');
  });
});

describe('the tree after its base and one language were rebuilt', () => {
  it('holds nothing that the security team fixed, there; elsewhere all of it, and in what runs', async () => {
    const old = await runImage(podman, tree.image('shop/web').reference, 'web-before');
    const known = affectedIn('shop/web');
    await tree.rebuild([{ name: 'base/debian' }, { name: 'language/python' }, { name: 'shop/web' }]);
    const debian = (ids: readonly string[]): readonly string[] =>
      ids.filter((id) => id.startsWith('DEBIAN-'));
    for (const name of ['base/debian', 'language/python', 'shop/web']) {
      assert.deepEqual(debian(affectedIn(name)), [], name);
    }
    assert.ok(debian(affectedIn('data/reports')).length > 0);
    const later = await runImage(podman, tree.image('shop/web').reference, 'web-after');
    const heldBy = async (container: typeof later): Promise<readonly string[]> => {
      const packages = await packagesOfContainer(container);
      return records.filter((record) => affectedBy(record, packages).length > 0).map(({ id }) => id);
    };
    assert.deepEqual(await heldBy(old), known);
    assert.deepEqual(debian(await heldBy(later)), []);
    assert.equal(later.imageId, tree.image('shop/web').id);
    assert.notEqual(old.imageId, later.imageId);
  });

  it('is fixed by a child itself where its base is not', async () => {
    await tree.rebuild([{ name: 'data/reports', upgrade: true }]);
    assert.deepEqual(affectedIn('data/reports'), []);
    assert.ok(affectedIn('language/tools').length > 0);
  });
});

async function manifestOf(
  name: string,
  digest: string,
): Promise<{ readonly annotations?: Readonly<Record<string, string>> }> {
  const headers = { accept: 'application/vnd.oci.image.manifest.v1+json' };
  const response = await fetch(`http://${registry.host}/v2/${name}/manifests/${digest}`, { headers });
  assert.equal(response.status, 200);
  return (await response.json()) as Awaited<ReturnType<typeof manifestOf>>;
}
