import type { AffectedAnswer, PackageListAnswer, ProofAnswer } from '#model';
import { affectedBy } from '../../image-tree/brute-force.ts';
import { debianName } from '../../image-tree/held-packages.ts';
import type { ImageTree, TreeImage } from '../../image-tree/image-tree.ts';
import type { OsvRecord } from '../../image-tree/osv-records.ts';
import type { TruePackage } from '../../image-tree/root-packages.ts';

/** Everything of the tree that a record affects, found by looking at each package of each image and instance. */
export interface Truth {
  /** Ids of containers, as the engine has them. */
  readonly instances: readonly string[];
  readonly services: readonly string[];
  readonly teams: readonly string[];
  /** Instances in each environment. */
  readonly environments: Readonly<Record<string, number>>;
  /** Config digests of the images that run and hold it. */
  readonly images: readonly string[];
  /** `name version` of the packages. */
  readonly packages: readonly string[];
}

/** What runs, with what lies in its root file system at this moment. */
export interface LiveInstance {
  readonly id: string;
  readonly image: TreeImage;
  readonly environment: string;
  readonly packages: readonly TruePackage[];
}

/** By looking into every live root file system. */
export function searchAll(record: OsvRecord, live: readonly LiveInstance[]): Truth {
  const hit = live.filter(({ packages }) => affectedBy(record, packages).length > 0);
  const found = hit.flatMap(({ packages }) => affectedBy(record, packages));
  return {
    instances: sorted(hit.map(({ id }) => id)),
    services: sorted(hit.map(({ image, environment }) => `${environment}/${image.recipe.name}`)),
    teams: sorted(hit.map(({ image }) => image.recipe.team)),
    environments: Object.fromEntries(
      Map.groupBy(hit, ({ environment }) => environment)
        .entries()
        .map(([name, those]) => [name, those.length]),
    ),
    images: sorted(hit.map(({ image }) => image.id)),
    packages: sorted(found.map(({ name, version }) => `${name} ${version}`)),
  };
}

/** The same, as `who` says it; packages that only images hold that don't run are none of it. */
export function answered(answer: AffectedAnswer): Truth {
  const instances = answer.groups.flatMap((group) => group.instances);
  const running = new Set(answer.images.flatMap(({ packages }) => packages));
  const held = answer.packages.filter(({ purl }) => running.has(purl));
  return {
    instances: sorted(instances.map(({ id }) => id.replace(/^container\//, ''))),
    services: sorted(answer.groups.map(({ service }) => service ?? '')),
    teams: sorted(answer.teams),
    environments: { ...answer.environments },
    images: sorted(answer.images.map(({ id }) => id)),
    packages: sorted(held.map(({ purl, name, version }) => `${debianName(purl) ?? name} ${version}`)),
  };
}

/** Ids of the containers that hold it, as the engine has them. */
export function containersOf({ holding }: ProofAnswer): readonly string[] {
  return holding.map(({ instance }) => instance.slice('container/'.length)).toSorted();
}

/** `name version ← image` for each package: the lowest image below that has it, or itself. */
export function trueOrigins(tree: ImageTree, image: TreeImage): readonly string[] {
  const ancestry = [image];
  for (let parent = image.recipe.parent; parent !== null; parent = ancestry[0]?.recipe.parent ?? null)
    ancestry.unshift(tree.image(parent));
  return image.packages
    .map((own) => {
      const brought = ancestry.find(({ packages }) => packages.some((each) => keyOf(each) === keyOf(own)));
      return `${own.name} ${own.version} ← ${brought?.recipe.name}`;
    })
    .toSorted();
}

/** As `packages` says it; what was copied from elsewhere came in with the image itself. */
export function saidOrigins(tree: ImageTree, answer: PackageListAnswer): readonly string[] {
  const names = new Map([...tree.images.values()].map(({ id, recipe }) => [id, recipe.name]));
  return answer.packages
    .map(({ purl, name, version, origin }) => {
      const image = origin.kind === 'copied' ? answer.image : origin.image;
      return `${debianName(purl) ?? name} ${version} ← ${names.get(image ?? '') ?? origin.kind}`;
    })
    .toSorted();
}

const keyOf = ({ kind, name, version, architecture }: TruePackage): string =>
  [kind, name, version, architecture].join(' ');

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}
