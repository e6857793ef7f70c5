import path from 'node:path';

import type { SheerYaml } from '#model/manifest';

import type { DeclaredFile } from '../../questions.ts';
import { resolved, type Where } from '../declared-path.ts';
import type { BuildSourceDraft } from '../draft.ts';
import { type Problem, quoted } from '../problem.ts';
import type { Containerfiles } from './containerfiles.ts';
import { type Containerfile, originBelow, targetStage } from './read-containerfile.ts';

type Image = SheerYaml['images'][string];

/** What the images of one file are built from, and how that file calls places. */
export interface ImagesContext {
  readonly file: DeclaredFile;
  readonly where: Where;
  readonly containerfiles: Containerfiles;
}

export interface ImagesFound {
  readonly buildSources: readonly BuildSourceDraft[];
  readonly problems: readonly Problem[];
}

/** Reads `images:` of a sheer.yaml together with the Containerfiles that it names. */
export function readImages(manifest: SheerYaml, context: ImagesContext): ImagesFound {
  const problems: Problem[] = [];
  const buildSources = Object.entries(manifest.images).flatMap(([name, image]) => {
    const draft = readImage(name, image, context, problems);
    return draft === null ? [] : [draft];
  });
  return { buildSources, problems };
}

/** Looked for in this order, as Podman does. */
const DEFAULT_NAMES: readonly string[] = ['Containerfile', 'Dockerfile'];

function readImage(
  name: string,
  image: Image,
  context: ImagesContext,
  problems: Problem[],
): BuildSourceDraft | null {
  const { file, where } = context;
  const at = ['images', name];
  const found = findContainerfile(at, image, context, problems);
  // What is wrong with it is told once, however many images are built from it.
  if (found === null || found.read.problems.length > 0) return null;
  const { stages, copies, downloads } = found.read;
  const target = image.target ?? null;
  const stage = targetStage(stages, target);
  if (stage === null) {
    const message = `${found.containerfile} has no stage ${quoted(target ?? '')}`;
    problems.push({ place: where([...at, 'target']), message });
    return null;
  }
  const below = originBelow(stages, stage);
  const { directory, containerfile } = found;
  const location = `${file.name} ${where(at, 'key').path ?? ''}`;
  const base = below.kind === 'image' ? below.reference : null;
  const owner = image.owner ?? null;
  return {
    data: {
      name,
      owner,
      context: directory,
      containerfile,
      target,
      base,
      stages,
      copies,
      downloads,
      location,
    },
    place: where(at, 'key'),
    owner: owner === null ? null : { name: owner, place: where([...at, 'owner']) },
  };
}

interface FoundContainerfile {
  /** What `context:` means. */
  readonly directory: string;
  /** Relative to it. */
  readonly containerfile: string;
  readonly read: Containerfile;
}

function findContainerfile(
  at: readonly string[],
  image: Image,
  { file, where, containerfiles }: ImagesContext,
  problems: Problem[],
): FoundContainerfile | null {
  const directory = resolved(file, image.context);
  const names = image.containerfile === undefined ? DEFAULT_NAMES : [image.containerfile];
  for (const containerfile of names) {
    const read = containerfiles.at(path.posix.join(directory, containerfile));
    if (read !== null) return { directory, containerfile, read };
  }
  const place = where([...at, image.containerfile === undefined ? 'context' : 'containerfile']);
  problems.push({ place, message: `there is no ${names.join(' or ')} in ${quoted(directory)}` });
  return null;
}
