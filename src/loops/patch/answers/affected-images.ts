import { formatInstant, type OriginAnswer } from '#model';
import type { HeldRun, PackageEntry } from '#graph';
import type { AffectedImage } from '../affected/affected.ts';
import type { Excuse } from '../excuses/excuse-book.ts';
import type { DescribedImage } from '../images/image-book.ts';
import type { AffectedView } from '../view.ts';

type View = Pick<AffectedView, 'images' | 'lists'>;

/**
 * JSON of the images as the answer has them, in pieces: those with the most instances first, then by
 * name. What an image is called, and where its layers are from, is written once for many questions.
 *
 * @param excused by instance; null: nothing excuses anybody
 */
export function writeImages(
  view: View,
  images: readonly AffectedImage[],
  excused: ReadonlyMap<string, Excuse | null> | null,
  out: string[],
): void {
  const purls = new Purls();
  const ordered = images
    .map((image) => ({ image, about: view.images.describe(image.id), count: image.instances.length }))
    .toSorted((left, right) => right.count - left.count || left.about.rank - right.about.rank);
  for (const [place, { image, about, count }] of ordered.entries()) {
    const excuse = image.excuse ?? (excused === null ? null : sharedExcuse(image.instances, excused));
    out.push(place === 0 ? '{' : ',{', about.json);
    out.push(`,"instances":${count},"packages":[`, purls.json(image.runs));
    out.push('],"broughtInBy":[', originsJson(view, image, about), '],"excused":', excuseJson(excuse), '}');
  }
}

/** The first of the excuses, where every instance has one. */
function sharedExcuse(
  instances: AffectedImage['instances'],
  excused: ReadonlyMap<string, Excuse | null>,
): Excuse | null {
  const own = instances.map(({ id }) => excused.get(id) ?? null);
  return own.every((each) => each !== null) ? (own[0] ?? null) : null;
}

function excuseJson(excuse: Excuse | null): string {
  return excuse === null ? 'null' : JSON.stringify({ ...excuse, until: formatInstant(excuse.until) });
}

/** Package URLs of an image, each once: those of most images are the same few. */
class Purls {
  /** By the packages of a run: an array that many runs share. */
  readonly #written = new Map<readonly PackageEntry[], string>();

  json(runs: readonly HeldRun[]): string {
    const [run] = runs;
    if (run === undefined || runs.length > 1) return purlsJson(runs.flatMap(({ packages }) => packages));
    let json = this.#written.get(run.packages);
    if (json === undefined) {
      json = purlsJson(run.packages);
      this.#written.set(run.packages, json);
    }
    return json;
  }
}

function purlsJson(held: readonly PackageEntry[]): string {
  return Array.from(new Set(held.map(({ purl }) => purl)), (purl) => JSON.stringify(purl)).join();
}

function originsJson(view: View, { id, runs }: AffectedImage, { origins }: DescribedImage): string {
  if (origins === null) return originsByPath(view, id, runs);
  const written = new Set<string>();
  for (const { layer } of runs) {
    let json = origins.get(layer);
    if (json === undefined) {
      json = JSON.stringify(view.images.originOf(id, { layer, path: null, purl: '' }, view.lists));
      origins.set(layer, json);
    }
    if (runs.length === 1) return json;
    written.add(json);
  }
  return [...written].join();
}

/** Of an image into which something is copied. */
function originsByPath({ images, lists }: View, image: string, runs: readonly HeldRun[]): string {
  const origins = new Map<string, OriginAnswer>();
  for (const { layer, packages } of runs) {
    for (const { path, purl } of packages) {
      const origin = images.originOf(image, { layer, path, purl }, lists);
      origins.set(`${origin.kind} ${origin.image} ${origin.layer}`, origin);
    }
  }
  return Array.from(origins.values(), (origin) => JSON.stringify(origin)).join();
}
