import { packageOrigin, type CopyEdge, type HeldRun, type ImageNode, type PackageEntry } from '#graph';
import type { AffectedImage } from '../affected/affected.ts';
import type { Holdings } from '../affected/holdings.ts';
import type { FixBase, FixImage, FixProblem, Holding, HoldingOrigin } from '../fix-plan/index.ts';
import { copySource } from '../images/copy-source.ts';
import type { PatchView } from '../view.ts';
import { newerBasesOf } from './newer-images.ts';

/** What is to be fixed: of what runs and is not excused, and everything that it is built from. */
export function fixProblemOf(
  view: PatchView,
  holdings: Holdings,
  wanted: readonly AffectedImage[],
): FixProblem {
  const instances = new Map(wanted.map((image) => [image.id, image.instances.length]));
  const nodes = new Map<string, ImageNode>();
  for (const { id } of wanted) addWithSources(view, view.images.node(id), { holdings, nodes });
  const held = new Map<string, Map<string, Holding>>();
  const included = new Set([...nodes.values()].flatMap(({ id }) => id ?? []));
  for (const run of holdings.runs()) {
    for (const image of run.images) if (included.has(image)) addHoldings(view, image, run, { nodes, held });
  }
  return {
    packages: packagesOf(holdings),
    images: [...nodes.values()].map((node) =>
      imageOf(view, node, {
        nodes,
        holdings,
        held: held.get(node.key),
        instances: node.id === null ? 0 : (instances.get(node.id) ?? 0),
      }),
    ),
  };
}

interface Collected {
  readonly holdings: Holdings;
  readonly nodes: Map<string, ImageNode>;
}

/** With its bases, the images it copies from, and newer ones that it could be built upon. */
function addWithSources(view: PatchView, node: ImageNode | null, found: Collected): void {
  if (node === null || found.nodes.has(node.key)) return;
  found.nodes.set(node.key, node);
  const keys = [
    node.base?.key ?? null,
    ...node.copies.map(({ key }) => key),
    ...newerBasesOf(view, node, found.holdings).map(({ id }) => id),
  ];
  for (const key of keys) if (key !== null) addWithSources(view, view.images.node(key), found);
}

function packagesOf(holdings: Holdings): FixProblem['packages'] {
  const fixed = new Map<string, string | null>();
  for (const { package: entry, matches } of holdings.packages.values()) {
    const version = matches.find((match) => match.fixed !== null)?.fixed ?? null;
    fixed.set(entry.purl, fixed.get(entry.purl) ?? version);
  }
  return Array.from(fixed, ([purl, first]) => ({ purl, fixed: first }));
}

type HeldBy = Map<string, Map<string, Holding>>;

function addHoldings(
  view: PatchView,
  image: string,
  run: HeldRun,
  { nodes, held }: { readonly nodes: ReadonlyMap<string, ImageNode>; readonly held: HeldBy },
): void {
  const node = view.images.node(image);
  if (node === null) return;
  for (const entry of run.packages) {
    const origin = originOf(view, node, entry, run.layer);
    put(held, node.key, { purl: entry.purl, layer: run.layer, origin });
    if (origin.kind === 'base') addBelow(view, { entry, layer: run.layer }, { node, nodes, held });
  }
}

/** A base whose own packages nobody read holds what it brought into the image above it. */
function addBelow(
  view: PatchView,
  { entry, layer }: { readonly entry: PackageEntry; readonly layer: number | null },
  found: {
    readonly node: ImageNode;
    readonly nodes: ReadonlyMap<string, ImageNode>;
    readonly held: HeldBy;
  },
): void {
  const base = found.nodes.get(found.node.base?.key ?? '');
  if (base === undefined || base.id === null || view.lists.has(base.id)) return;
  const origin = originOf(view, base, entry, layer);
  put(found.held, base.key, { purl: entry.purl, layer, origin });
  if (origin.kind === 'base') addBelow(view, { entry, layer }, { ...found, node: base });
}

function put(held: HeldBy, key: string, holding: Holding): void {
  const own = held.get(key) ?? new Map<string, Holding>();
  own.set(`${holding.purl}\n${holding.origin.kind}`, holding);
  held.set(key, own);
}

/** Binaries and archives carry their packages in themselves: what fetched the file brought them. */
const IN_FILES: ReadonlySet<string> = new Set(['go', 'jar']);

function originOf(
  view: PatchView,
  node: ImageNode,
  entry: PackageEntry,
  layer: number | null,
): HoldingOrigin {
  const origin = packageOrigin(view.images.tree, node, { layer, path: entry.path });
  if (origin.kind === 'base') return { kind: 'base' };
  if (origin.kind === 'copied') return copiedOrigin(view, origin.from, entry);
  if (origin.kind === 'unknown' && isInBase(view, node, entry)) return { kind: 'base' };
  const downloads = node.source?.downloads ?? [];
  return { kind: downloads.length > 0 && IN_FILES.has(entry.readBy) ? 'downloaded' : 'own' };
}

function copiedOrigin(view: PatchView, from: readonly CopyEdge[], { purl }: PackageEntry): HoldingOrigin {
  const source = copySource(from, (image) => view.lists.holds(image, purl));
  return source.kind === 'stage'
    ? { kind: 'downloaded', stage: source.stage }
    : { kind: 'copied', from: source.key };
}

/** Its layer does not tell; then it is the base's if the base has it, or if nobody knows what the base has. */
function isInBase(view: PatchView, { base }: ImageNode, { purl }: PackageEntry): boolean {
  if (base === null) return false;
  const id = base.key === null ? null : (view.images.node(base.key)?.id ?? null);
  return id === null || view.lists.holds(id, purl) !== false;
}

function imageOf(
  view: PatchView,
  node: ImageNode,
  found: {
    readonly nodes: ReadonlyMap<string, ImageNode>;
    readonly holdings: Holdings;
    readonly held: ReadonlyMap<string, Holding> | undefined;
    readonly instances: number;
  },
): FixImage {
  return {
    id: node.key,
    name: node.name,
    team: node.source?.owner ?? null,
    buildSource: node.source !== null,
    built: node.id !== null,
    required: found.instances > 0,
    instances: found.instances,
    upgrades: node.id !== null && hasPackageManager(view, node.id),
    base: baseOf(node, found.nodes),
    newerBases: newerBasesOf(view, node, found.holdings),
    copiesFrom: node.copies.flatMap(({ key }) => (key !== null && found.nodes.has(key) ? [key] : [])),
    holdings: [...(found.held?.values() ?? [])].map((holding) => known(holding, found.nodes)),
  };
}

function known(holding: Holding, nodes: ReadonlyMap<string, ImageNode>): Holding {
  const { origin } = holding;
  if (origin.kind !== 'copied' || origin.from === null || nodes.has(origin.from)) return holding;
  return { ...holding, origin: { kind: 'copied', from: null } };
}

function baseOf({ id, base, source }: ImageNode, nodes: ReadonlyMap<string, ImageNode>): FixBase | null {
  if (base === null) return null;
  const node = base.key === null ? undefined : nodes.get(base.key);
  if (base.key === null || node === undefined) return { kind: 'foreign', name: base.name };
  // It was built from one that nobody saw: which of the two brought what in is not known.
  if (id !== null && node.id === null) return { kind: 'foreign', name: base.name, neverSeen: true };
  return { kind: 'image', id: base.key, pinned: source?.base?.includes('@sha256:') === true };
}

const MANAGERS: ReadonlySet<string> = new Set([
  'apt',
  'apk-tools',
  'dnf',
  'dnf5',
  'microdnf',
  'yum',
  'zypper',
]);

function hasPackageManager(view: PatchView, image: string): boolean {
  return view.lists.packagesOf(image).some(({ name }) => MANAGERS.has(name));
}
