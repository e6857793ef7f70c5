import { buildImageTree, PackageIndex, type PackageQuestion } from '../src/graph/index.ts';
import type { Package } from '../src/model/index.ts';
import { compareVersions, parseEcosystem } from '../src/versions/index.ts';
import type { Benchmark, BenchResult } from './benchmark.ts';
import { seeded } from './generated-addresses.ts';
import { generatedTreeImages } from './package-lists/generated-tree-images.ts';
import {
  anyLibrary,
  generatedLists,
  imageId,
  IMAGES,
  LISTS,
  POPULAR,
} from './package-lists/generated-lists.ts';

const INSTANCES = 100_000;
const QUESTIONS = 2000;
/** Builds of the tree. */
const ROUNDS = 5;
/** Answered by a scan of every list, too. */
const CHECKED = 8;

/** Which images and instances hold which packages, in an organisation of 50,000 images. */
export const benchmark: Benchmark = { name: 'packages-graph', run };

async function run(): Promise<readonly BenchResult[]> {
  const random = seeded(5);
  const questions = Array.from({ length: QUESTIONS }, (_, index) => questionOf(random, index));
  const index = new PackageIndex();
  const loaded = load(index, questions.slice(0, CHECKED));
  const instances = runningByImage(random);
  globalThis.gc?.();
  globalThis.gc?.();
  const resident = process.memoryUsage.rss();
  check(index, questions, loaded.expected);
  const cold = questions.map((question) =>
    timed(() =>
      index
        .imagesHolding(question)
        .runs()
        .flatMap(({ images }) => images),
    ),
  );
  const asked = questions.map((question) =>
    timed(() => running(index.imagesHolding(question).images, instances)),
  );
  const { postings, packages, bytes } = index.memory();
  const size = `${IMAGES} images, ${LISTS} lists, ${loaded.entries} entries, ${packages} different packages`;
  return [
    treeResult(),
    {
      metric: 'lists as JSON → index',
      value: loaded.cpuMs / 1000,
      unit: 's of CPU',
      bar: 10,
      higherIsBetter: false,
      note: `${size}; ${Math.round(loaded.characters / 1e6)} MB of JSON, of which parsing alone takes ${(loaded.parseMs / 1000).toFixed(1)} s`,
    },
    {
      metric: 'parsed lists → index',
      value: loaded.indexMs / 1000,
      unit: 's of CPU',
      higherIsBetter: false,
    },
    {
      metric: 'resident, with 100,000 instances',
      value: resident / 1e6,
      unit: 'MB',
      bar: 1000,
      higherIsBetter: false,
      note: `${Math.round(bytes / 1e6)} MB of typed arrays; ${postings} postings, because equal runs are held once`,
    },
    ...latencies('who: ids of affected instances', asked, 10),
    ...latencies('a new advisory → packages, layers and images', cold, 10),
  ];
}

function treeResult(): BenchResult {
  const { images, sources } = generatedTreeImages(IMAGES);
  const builds = Array.from({ length: ROUNDS }, () => timed(() => buildImageTree(images, sources).nodes));
  const sorted = builds.map(({ ms }) => ms).toSorted((left, right) => left - right);
  return {
    metric: `image tree of ${IMAGES} images`,
    value: sorted[(ROUNDS - 1) / 2] ?? NaN,
    unit: 'ms',
    bar: 2000,
    higherIsBetter: false,
    note: `median of ${ROUNDS}; the first, before the code is compiled, took ${Math.round(builds[0]?.ms ?? NaN)} ms`,
  };
}

interface Loaded {
  readonly cpuMs: number;
  readonly parseMs: number;
  readonly indexMs: number;
  readonly characters: number;
  readonly entries: number;
  /** By question. */
  readonly expected: readonly ReadonlySet<string>[];
}

function load(index: PackageIndex, questions: readonly PackageQuestion[]): Loaded {
  const expected = questions.map(() => new Set<string>());
  const sum = { parseMs: 0, indexMs: 0, characters: 0, entries: 0 };
  for (const { list, image, json } of generatedLists()) {
    const parsed = cpu(() => JSON.parse(json) as readonly Package[]);
    const indexed = cpu(() => {
      index.setList(list, image, parsed.result);
    });
    sum.parseMs += parsed.ms;
    sum.indexMs += indexed.ms;
    sum.characters += json.length;
    sum.entries += parsed.result.length;
    for (const [number, question] of questions.entries())
      if (json.includes(question.name) && parsed.result.some((entry) => isAsked(entry, question)))
        expected[number]?.add(image);
  }
  return { ...sum, cpuMs: sum.parseMs + sum.indexMs, expected };
}

function check(
  index: PackageIndex,
  questions: readonly PackageQuestion[],
  expected: readonly ReadonlySet<string>[],
): void {
  for (const [number, images] of expected.entries()) {
    const question = questions[number];
    const found = question === undefined ? [] : index.imagesHolding(question).images;
    if (found.length !== images.size || found.some((image) => !images.has(image)))
      throw new Error(`question ${number}: found ${found.length} images, and a scan ${images.size}`);
  }
}

function isAsked({ ecosystem, source, ...own }: Package, { intervals, ...asked }: PackageQuestion): boolean {
  const named = [own, source].filter((said) => said?.name === asked.name);
  if (named.length === 0 || ecosystem !== asked.ecosystem) return false;
  const scheme = parseEcosystem(ecosystem)?.scheme;
  const to = intervals[0]?.to ?? '';
  return scheme !== undefined && named.some((said) => compareVersions(scheme, said?.version ?? '', to) < 0);
}

/** Everything below some version; the first one is of a package that nearly every Debian image has. */
function questionOf(random: () => number, index: number): PackageQuestion {
  const { ecosystem, name, version } = index === 0 ? { ...POPULAR, version: '1.0-99' } : anyLibrary(random);
  const interval = { from: null, fromInclusive: true, to: version, toInclusive: false };
  return { ecosystem, name, intervals: [interval], enumerated: [] };
}

/** Few images have most of the instances. */
function runningByImage(random: () => number): ReadonlyMap<string, readonly string[]> {
  const byImage = new Map<string, string[]>();
  for (let instance = 0; instance < INSTANCES; instance++) {
    const image = imageId(Math.floor(random() ** 3 * IMAGES));
    const id = `container:${instance.toString(16).padStart(64, '0')}`;
    const ids = byImage.get(image);
    if (ids === undefined) byImage.set(image, [id]);
    else ids.push(id);
  }
  return byImage;
}

function running(
  images: readonly string[],
  byImage: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const ids: string[] = [];
  for (const image of images) for (const id of byImage.get(image) ?? []) ids.push(id);
  return ids;
}

function latencies(
  metric: string,
  times: readonly { ms: number; found: number }[],
  bar: number,
): readonly BenchResult[] {
  const sorted = times.map(({ ms }) => ms).toSorted((left, right) => left - right);
  const worst = Math.max(...times.map(({ found }) => found));
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
  return [
    {
      metric: `${metric}, p99`,
      value: at(0.99),
      unit: 'ms',
      bar,
      higherIsBetter: false,
      note: `median ${at(0.5).toFixed(3)} ms, at most ${worst} found`,
    },
    { metric: `${metric}, slowest`, value: at(1), unit: 'ms', higherIsBetter: false },
  ];
}

function timed(work: () => { readonly length: number }): { readonly ms: number; readonly found: number } {
  const start = performance.now();
  const { length } = work();
  return { ms: performance.now() - start, found: length };
}

function cpu<T>(work: () => T): { readonly result: T; readonly ms: number } {
  const start = process.threadCpuUsage();
  const result = work();
  const { user, system } = process.threadCpuUsage(start);
  return { result, ms: (user + system) / 1000 };
}
