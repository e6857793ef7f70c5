import {
  canonicalPackageUrl,
  formatInstant,
  type Package,
  type PackageListAnswer,
  type PackageList,
} from '#model';
import { PatchError } from '../patch-error.ts';
import type { PatchView } from '../view.ts';
import type { KnownList } from '../lists/list-book.ts';
import { unspoken } from '../lists/unspoken.ts';

/** What is in an image, from where, and what the lists about it say differently. */
export function packageListAnswer(
  view: PatchView,
  image: string,
  options: { readonly instance: string | null; readonly name: string; readonly problems: readonly string[] },
): PackageListAnswer {
  const lists = view.lists.listsOf(image);
  const [used, ...others] = lists;
  const list = used === undefined ? null : view.lists.load(used);
  if (used === undefined || list === null) {
    throw new PatchError('not-found', `what ${view.images.nameOf(image)} holds is not known`, {
      detail: [...new Set([view.reader.missing(image) ?? 'its list is gone', ...options.problems])],
      next: 'sheer packages IMAGE --refresh, where its content can be reached',
    });
  }
  const node = view.images.node(image);
  const unspokenHere = unspoken(list);
  return {
    image,
    names: [node?.name ?? options.name],
    instance: options.instance,
    distribution: list.distribution?.name ?? null,
    lists: lists.map((known) => listOf(known, known === used)),
    disagreements: others.flatMap((other) => disagreements(view, used, list, other)),
    packages: list.packages.map((own) => packageOf(view, image, own)),
    unread: [
      ...list.unread.map((unread) => ({ ...unread })),
      ...(unspokenHere === null ? [] : [{ path: '', reason: unspokenHere }]),
      ...options.problems.map((reason) => ({ path: '', reason })),
    ],
  };
}

function listOf({ data, at }: KnownList, used: boolean): PackageListAnswer['lists'][number] {
  const { origin, from, tool, packages } = data;
  return { origin, from, tool, at: formatInstant(at), packages, used };
}

function packageOf(view: PatchView, image: string, own: Package): PackageListAnswer['packages'][number] {
  const { purl, ecosystem, name, version, source, readBy, path, layer } = own;
  const origin = view.images.originOf(image, { layer, path, purl }, view.lists);
  return { purl, ecosystem, name, version, source, readBy, path, origin };
}

function disagreements(
  view: PatchView,
  used: KnownList,
  list: PackageList,
  other: KnownList,
): PackageListAnswer['disagreements'] {
  const theirs = view.lists.load(other);
  if (theirs === null) return [];
  const [own, others] = [urlsOf(list), urlsOf(theirs)];
  return [...onlyIn(own, others, used), ...onlyIn(others, own, other)];
}

function onlyIn(
  here: ReadonlySet<string>,
  there: ReadonlySet<string>,
  { data }: KnownList,
): PackageListAnswer['disagreements'] {
  const origin = data.origin === 'read' ? 'read' : `${data.origin} from ${data.from}`;
  return [...here].filter((purl) => !there.has(purl)).map((purl) => ({ purl, onlyIn: origin }));
}

function urlsOf({ packages }: PackageList): ReadonlySet<string> {
  return new Set(packages.map(({ purl }) => canonicalPackageUrl(purl) ?? purl));
}
