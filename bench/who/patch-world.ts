import { join } from 'node:path';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Graph } from '../../src/graph/index.ts';
import { LiveVerdictBook } from '../../src/loops/patch/cases/live-verdicts.ts';
import { ExcuseBook } from '../../src/loops/patch/excuses/excuse-book.ts';
import { savedIndex } from '../../src/loops/patch/lists/index-snapshot.ts';
import { ImageBook } from '../../src/loops/patch/images/image-book.ts';
import type { RunningInstance, RunningInstances } from '../../src/loops/patch/questions.ts';
import { RunningNow } from '../../src/loops/patch/running/running-now.ts';
import { SubjectIds } from '../../src/loops/patch/subject-ids.ts';
import type { AffectedView } from '../../src/loops/patch/view.ts';
import type { Advisory, Fact } from '../../src/model/index.ts';
import { openSqliteAdvisories, type AdvisoryStore } from '../../src/store/index.ts';
import { seeded } from '../generated-addresses.ts';
import { imageId, IMAGES } from '../package-lists/generated-lists.ts';
import { openGeneratedStore } from './generated-store.ts';
import { generatedTreeImages } from '../package-lists/generated-tree-images.ts';

const NOW = 1_790_000_000_000;

/** What the loop answers from, in an organisation of 50,000 images. */
export interface GeneratedView {
  readonly view: AffectedView;
  /** Of loading the index as a control plane does that is started again. */
  readonly loading: { readonly cpuMs: number; readonly bytes: number };
  close(): void;
}

/** Reads all lists in a process of its own, because what that takes of memory is not kept, and saves the index. */
export async function saveGeneratedIndex(directory: string): Promise<void> {
  const child = fork(join(import.meta.dirname, 'save-index-child.ts'), [directory]);
  const [code] = (await once(child, 'exit')) as readonly unknown[];
  if (code !== 0) throw new Error('the index could not be made');
}

/**
 * @param directory where the index was saved
 * @param instances how many run, of 1,000 services
 */
export function generatedView(
  directory: string,
  instances: number,
  advisories: readonly Advisory[],
): GeneratedView {
  const store = openGeneratedStore(directory);
  const before = process.cpuUsage();
  const { index, ecosystems, used } = savedIndex(store);
  const { user, system } = process.cpuUsage(before);
  const graph = imageGraph();
  const ids = new SubjectIds(graph);
  const running = new RunningNow(runningInstances(instances, seeded(13)));
  const images = new ImageBook({ graph, ids, running });
  const holds = (image: string, purl: string): boolean | null => {
    const list = used.get(image);
    return list === undefined ? null : index.packagesOf(list.id).some((own) => own.purl === purl);
  };
  const kept = storedAdvisories(directory, advisories);
  const view: AffectedView = {
    graph,
    advisories: kept,
    // Fed without the files that lists are kept in.
    lists: { index, ecosystems, restoring: null, holds, unspoken: () => null },
    reader: { missing: (image) => (used.has(image) ? null : 'not read yet') },
    instances: nobody,
    running,
    images,
    excuses: new ExcuseBook({ graph, ids, images }),
    verdicts: new LiveVerdictBook(store),
    clock: () => NOW,
  };
  const close = (): void => {
    kept.close();
    store.close();
  };
  return { view, loading: { cpuMs: (user + system) / 1000, bytes: index.memory().bytes }, close };
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

function storedAdvisories(directory: string, records: readonly Advisory[]): AdvisoryStore {
  const advisories = openSqliteAdvisories({
    directory: join(directory, 'advisories'),
    // Written below.
    read: (raw) => JSON.parse(Buffer.from(raw).toString()) as Advisory,
  });
  const writer = advisories.write({ source: 'bench', now: NOW, complete: true });
  for (const [stamp, advisory] of records.entries())
    writer.put({ stamp: stamp + 1, raw: Buffer.from(JSON.stringify(advisory)), advisory });
  writer.finish({ refused: 0, problems: [], validator: null });
  return advisories;
}
