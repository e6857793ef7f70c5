/** A process of bench/who: makes the index of all images and saves it in the state directory that it is given. */
import { emptyIndex, saveIndex } from '../../src/loops/patch/lists/index-snapshot.ts';
import type { Package } from '../../src/model/index.ts';
import { generatedLists } from '../package-lists/generated-lists.ts';
import { openGeneratedStore } from './generated-store.ts';

const store = openGeneratedStore(process.argv[2] ?? '');
const fed = emptyIndex();
for (const { list, image, json } of generatedLists()) {
  // Of an image's lists one is used: our own reading.
  if (!list.endsWith('/read')) continue;
  // Written by `generatedLists`.
  const packages = JSON.parse(json) as readonly Package[];
  fed.index.setList(list, image, packages);
  for (const { ecosystem } of packages) if (ecosystem !== null) fed.ecosystems.add(ecosystem);
  fed.used.set(image, { id: list, content: `sha256:${'0'.repeat(64)}` });
}
await saveIndex(store, fed);
store.close();
