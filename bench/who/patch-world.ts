import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Graph, PackageIndex } from '../../src/graph/index.ts';
import { ExcuseBook } from '../../src/loops/patch/excuses/excuse-book.ts';
import { ImageBook } from '../../src/loops/patch/images/image-book.ts';
import type { RunningInstance, RunningInstances } from '../../src/loops/patch/questions.ts';
import { RunningNow } from '../../src/loops/patch/running/running-now.ts';
import { SubjectIds } from '../../src/loops/patch/subject-ids.ts';
import type { AffectedView } from '../../src/loops/patch/view.ts';
import type { Advisory, Fact, Package } from '../../src/model/index.ts';
import { openSqliteAdvisories, type AdvisoryStore } from '../../src/store/index.ts';
import { generatedLists, imageId, IMAGES } from '../package-lists/generated-lists.ts';
import { generatedTreeImages } from '../package-lists/generated-tree-images.ts';

const NOW = 1_790_000_000_000;

/** What the loop answers from, for an organisation of 50,000 images and so many instances of 1,000 services. */
export function generatedView(
  instances: number,
  advisories: readonly Advisory[],
  random: () => number,
): { readonly view: AffectedView; readonly close: () => void } {
  const index = new PackageIndex();
  const ecosystems = new Set<string>();
  /** By image its list. */
  const read = new Map<string, string>();
  for (const { list, image, json } of generatedLists()) {
    // Of an image's lists one is used: our own reading.
    if (!list.endsWith('/read')) continue;
    // Written by `generatedLists`.
    const packages = JSON.parse(json) as readonly Package[];
    index.setList(list, image, packages);
    for (const { ecosystem } of packages) if (ecosystem !== null) ecosystems.add(ecosystem);
    read.set(image, list);
  }
  const graph = imageGraph();
  const ids = new SubjectIds(graph);
  const running = new RunningNow(runningInstances(instances, random));
  const images = new ImageBook({ graph, ids, running });
  const holds = (image: string, purl: string): boolean | null => {
    const list = read.get(image);
    return list === undefined ? null : index.packagesOf(list).some((own) => own.purl === purl);
  };
  const store = storedAdvisories(advisories);
  const view: AffectedView = {
    graph,
    advisories: store.advisories,
    // Fed without the files that lists are kept in.
    lists: { index, ecosystems, restoring: null, holds, unspoken: () => null },
    reader: { missing: (image) => (read.has(image) ? null : 'not read yet') },
    instances: nobody,
    running,
    images,
    excuses: new ExcuseBook({ graph, ids, images }),
    clock: () => NOW,
  };
  return { view, close: () => store.close() };
}

const nobody: RunningInstances = { at: () => [], one: () => null, watch: () => () => undefined };

function imageGraph(): Graph {
  const graph = new Graph();
  const { images } = generatedTreeImages(IMAGES);
  const facts = images.map(({ data }, number): Fact => ({
    position: number + 1,
    recordedAt: NOW,
    validFrom: NOW,
    kind: 'assert',
    evidence: 'observed',
    source: { id: 'podman', node: 'node-1', sequence: number + 1 },
    subject: { kind: 'image', id: imageId(number) },
    data: { ...data, sizeBytes: null, platform: null },
  }));
  graph.apply('observations', facts);
  return graph;
}

/** Few images have most of the instances, and a service runs one image. */
function runningInstances(count: number, random: () => number): RunningInstances {
  const found = new Map<string, RunningInstance>();
  for (let number = 0; number < count; number++) {
    const image = Math.floor(random() ** 3 * IMAGES);
    const service = image % 1000;
    const environment = image % 5 === 0 ? 'test' : 'production';
    const id = `container:${number.toString(16).padStart(64, '0')}`;
    found.set(id, {
      id,
      name: `service-${service}-${number}`,
      kind: 'container',
      engine: 'podman',
      node: `node-${number % 500}`,
      pid: 1,
      service: `${environment}/application-${service % 50}/service-${service}`,
      team: `team-${service % 40}`,
      environment,
      images: [{ name: `image-${image}:1`, id: imageId(image) }],
      since: NOW,
    });
  }
  return {
    at: () => [...found.values()],
    one: (id) => found.get(id) ?? null,
    watch: () => () => undefined,
  };
}

function storedAdvisories(records: readonly Advisory[]): {
  readonly advisories: AdvisoryStore;
  close(): void;
} {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-bench-who-'));
  const advisories = openSqliteAdvisories({
    directory: join(directory, 'advisories'),
    // Written below.
    read: (raw) => JSON.parse(Buffer.from(raw).toString()) as Advisory,
  });
  const writer = advisories.write({ source: 'bench', now: NOW, complete: true });
  for (const [stamp, advisory] of records.entries())
    writer.put({ stamp: stamp + 1, raw: Buffer.from(JSON.stringify(advisory)), advisory });
  writer.finish({ refused: 0, problems: [], validator: null });
  const close = (): void => {
    advisories.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { advisories, close };
}
