import {
  formatInstant,
  SheerError,
  startTicksOf,
  type Advisory,
  type Instant,
  type ProofAnswer,
} from '#model';
import { affectedInstances } from '../affected/affected.ts';
import { namedBy } from '../affected/holdings.ts';
import type { Vulnerability } from '../affected/vulnerability.ts';
import type { RunningInstance } from '../questions.ts';
import { momentOf } from '../running/moment.ts';
import { hasUnknownImage, imagesOf } from '../running/running-now.ts';
import type { PatchView } from '../view.ts';
import { judgeList } from './judge-list.ts';
import { gapIn, wantedOf } from './live-look.ts';
import type { LiveRoots } from './live-roots.ts';

type Holding = ProofAnswer['holding'][number];
type Looked = ProofAnswer['looked'][number];

/** What became of one instance. */
type Verdict =
  | { readonly kind: 'holding'; readonly said: Holding }
  | { readonly kind: 'looked'; readonly said: Looked }
  | { readonly kind: 'not-looked'; readonly reason: string };

export interface ProveOptions {
  readonly view: PatchView;
  readonly roots: LiveRoots;
  /** Looks at live files from then on are as good as new ones. */
  readonly since: Instant;
  readonly signal: AbortSignal;
}

/**
 * Looks at everything that runs and may hold the vulnerability: instances whose image has the package
 * in whatever version, and those whose content nobody knows. Live files where they can be read, which
 * is on this machine; else by the image's digest.
 */
export async function prove(vulnerability: Vulnerability, options: ProveOptions): Promise<ProofAnswer> {
  const { view } = options;
  const { records } = vulnerability;
  const moment = momentOf(null, view.running, view.instances);
  const named = namedBy(records, view.lists);
  const concerned = new Set([...affectedInstances(named.images, moment), ...moment.withoutImage()]);
  for (const image of moment.images()) {
    if (view.reader.missing(image) !== null) for (const id of moment.ofImage(image)) concerned.add(id);
  }
  const proof = {
    holding: [] as Holding[],
    looked: [] as Looked[],
    notLooked: [] as ProofAnswer['notLooked'],
  };
  const others = view.running.count - concerned.size;
  for (const id of concerned) {
    options.signal.throwIfAborted();
    const instance = view.running.one(id);
    if (instance === null) continue;
    const verdict = await look(instance, records, options);
    // What ended meanwhile proves nothing, and holds nothing.
    if (view.running.one(id) === null) continue;
    if (verdict.kind === 'holding') proof.holding.push(verdict.said);
    else if (verdict.kind === 'looked') proof.looked.push(verdict.said);
    else proof.notLooked.push({ instance: id, reason: verdict.reason });
  }
  const proven = proof.holding.length === 0 && proof.notLooked.length === 0;
  return { id: vulnerability.id, at: formatInstant(view.clock()), proven, ...proof, others };
}

async function look(
  instance: RunningInstance,
  records: readonly Advisory[],
  { view, roots, since, signal }: ProveOptions,
): Promise<Verdict> {
  if (instance.node === view.node && instance.pid !== null) {
    // Another may have got the number since.
    const process = { pid: instance.pid, startTicks: startTicksOf(instance.id) };
    try {
      const { at, list } = await roots.look(process, wantedOf(view, instance, records), {
        since,
        signal,
      });
      const gap = gapIn(view, instance, list);
      if (gap === null) return verdictOf(view, instance, judgeList(list.packages, records), at);
      return byDigest(view, instance, records, gap);
    } catch (error) {
      if (!(error instanceof SheerError)) throw error;
      return byDigest(view, instance, records, error.message);
    }
  }
  const why = instance.pid === null ? 'it has no process' : `it runs on ${instance.node}`;
  return byDigest(view, instance, records, why);
}

/** @param why its live files were not read */
function byDigest(
  view: PatchView,
  instance: RunningInstance,
  records: readonly Advisory[],
  why: string,
): Verdict {
  if (hasUnknownImage(instance))
    return { kind: 'not-looked', reason: `its live files: ${why}; its image is not known` };
  const affected: string[] = [];
  const others: string[] = [];
  for (const image of imagesOf(instance)) {
    const missing = view.reader.missing(image);
    if (missing !== null)
      return { kind: 'not-looked', reason: `its live files: ${why}; its image: ${missing}` };
    const judged = judgeList(view.lists.packagesOf(image), records);
    affected.push(...judged.affected);
    others.push(...judged.others);
  }
  return verdictOf(view, instance, { affected, others }, null);
}

/** @param live when its files were read; null: by its image's digest */
function verdictOf(
  view: PatchView,
  instance: RunningInstance,
  judged: { readonly affected: readonly string[]; readonly others: readonly string[] },
  live: Instant | null,
): Verdict {
  const basis = live === null ? 'image-digest' : 'live-files';
  if (judged.affected.length === 0) {
    const at = formatInstant(live ?? view.clock());
    return { kind: 'looked', said: { instance: instance.id, basis, at, found: [...judged.others] } };
  }
  const { id, name, node, service, team, since } = instance;
  const [image = null] = imagesOf(instance);
  const said = { instance: id, name, node, service, team, image, since: formatInstant(since) };
  const note = replacedSince(view, instance);
  return { kind: 'holding', said: { ...said, packages: [...judged.affected], basis, note } };
}

/** Whether the name that it was started from means another image by now. */
function replacedSince(view: PatchView, instance: RunningInstance): string | null {
  for (const { name, id } of instance.images) {
    if (id === null) continue;
    const isThere = (image: string): boolean =>
      view.graph.one('image', image)?.data.names.includes(name) === true;
    const now = view.images.named(name).find((image) => image !== id && isThere(image));
    if (now !== undefined && !isThere(id))
      return `started from ${name} as it was before: that name is ${now.slice(0, 19)} by now`;
  }
  return null;
}
