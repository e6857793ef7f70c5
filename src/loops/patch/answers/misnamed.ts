import { closest, isImageName } from '#model';
import { PatchError } from '../patch-error.ts';
import type { PatchView } from '../view.ts';
import { everythingRunning, runningMeant, teamNames } from './meant-subject.ts';

/** Nothing is called so; with the name that was probably meant. */
function misnamed(
  message: string,
  asked: { readonly name: string; readonly known: Iterable<string>; readonly next: string },
): PatchError {
  const meant = closest(asked.name, asked.known);
  const hint = meant === null ? '' : ` (did you mean "${meant}"?)`;
  return new PatchError('not-found', `${message}${hint}`, { next: asked.next });
}

/** @throws PatchError `not-found`: nobody is called so */
export function demandTeam(view: PatchView, name: string): void {
  const known = teamNames(view);
  if (!known.has(name)) throw misnamed(`there is no team "${name}"`, { name, known, next: 'sheer teams' });
}

/** More than one thing is called so. */
export function ambiguous(written: string, candidates: readonly string[]): PatchError {
  const shown = candidates.slice(0, CANDIDATES_SHOWN);
  const more = candidates.length - shown.length;
  return new PatchError('invalid-input', `"${written}" may be any of ${candidates.length} things`, {
    detail: more === 0 ? shown : [...shown, `and ${more} more`],
    next: 'give one of these',
  });
}

const CANDIDATES_SHOWN = 10;

/** An image that no engine here has. */
export interface AbsentImage {
  readonly name: string;
  /** Whether it says where the image may be: others are not asked for it, as that would tell them of it. */
  readonly hasRegistry: boolean;
  /** What is known of it, as the end of a sentence. */
  readonly how: string;
}

/** It may be declared, or another's base, or written with its registry; null: it is no name of an image elsewhere. */
export function absentImage({ images }: PatchView, written: string): AbsentImage | null {
  const { nodes } = images.tree;
  const declared = nodes.find(({ id, name }) => id === null && isImageName(name, written));
  if (declared !== undefined) return absent(declared.name, 'is only declared');
  const child = nodes.find(({ base }) => base !== null && isImageName(base.name, written));
  if (child?.base != null) return absent(child.base.name, `is only known as the base of ${child.name}`);
  const unknown = absent(written, 'is not known');
  return unknown.hasRegistry ? unknown : null;
}

function absent(name: string, how: string): AbsentImage {
  return { name, how, hasRegistry: withoutRegistry(name) !== name };
}

/** @param why where else it was looked for, and what came of it */
export function notHere({ name, how }: AbsentImage, why: string): PatchError {
  return new PatchError('not-found', `${name} ${how}: no engine here has that image`, {
    detail: [why],
    next: `podman pull ${name}, or sheer up --image-store PLACE`,
  });
}

export function notAnImage(view: PatchView, written: string): PatchError {
  const instances = runningMeant(view, written).length;
  const message =
    instances > 0 ? `"${written}" is made from no image` : `there is no image or instance "${written}"`;
  const known = [...imageNames(view), ...runningNames(view)];
  return misnamed(message, {
    name: written,
    known,
    next: instances > 0 ? `sheer who ${written}` : 'sheer images',
  });
}

export function nothingCalled(view: PatchView, written: string): PatchError {
  const known = [...runningNames(view), ...imageNames(view), ...teamNames(view)];
  const message = `there is no service, image, team or instance "${written}"`;
  return misnamed(message, { name: written, known, next: 'sheer services' });
}

/** What images are called, whole and as people write them: `registry.example:5000/shop/web:1`, `shop/web:1`, `shop/web`. */
function imageNames({ images }: Pick<PatchView, 'images'>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { id, name } of images.tree.nodes) {
    for (const each of id === null ? [name] : (images.details(id)?.names ?? [])) {
      const path = withoutRegistry(each);
      names
        .add(each)
        .add(path)
        .add(path.replace(/:[^:/]+$/, ''));
    }
  }
  return names;
}

function withoutRegistry(name: string): string {
  const [host = '', ...rest] = name.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(host) ? rest.join('/') : name;
}

/** What instances and their services are called. */
function runningNames({ running }: Pick<PatchView, 'running'>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, service } of everythingRunning(running)) {
    names.add(name);
    if (service !== null) names.add(service).add(service.split('/').at(-1) ?? '');
  }
  return names;
}
