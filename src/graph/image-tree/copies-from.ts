import type { BuildCopy, BuildOrigin, BuildSourceData } from '#model';
import type { ImageReferences } from './image-references.ts';

/** Files of another image lie in this one, though it is no base: `COPY --from`. */
export interface CopyEdge {
  /** Config digest of the image that the reference means now; null: it was never seen. */
  readonly key: string | null;
  /** As it is written in the Containerfile. */
  readonly name: string;
  /** The stage in between; null: copied from the image itself. */
  readonly stage: string | null;
  readonly sources: readonly string[];
  readonly destination: string;
  /** Of the Containerfile. */
  readonly line: number;
}

/** All images whose files can get into the target stage by copying, also through several stages. */
export function copiesFrom(source: BuildSourceData, references: ImageReferences): readonly CopyEdge[] {
  const edges: CopyEdge[] = [];
  const copies = [...copiesInto(targetOf(source), source)];
  const visited = new Set<string>();
  for (let next = copies.pop(); next !== undefined; next = copies.pop()) {
    const { from } = next.copy;
    if (from.kind === 'stage') {
      const key = `${from.stage} ${next.entry.line}`;
      if (visited.has(key)) continue;
      visited.add(key);
      for (const { copy } of copiesInto(from.stage, source)) copies.push({ copy, entry: next.entry });
    }
    const origin = imageBelow(from, source);
    if (origin === null) continue;
    const stage = next.entry.from.kind === 'stage' ? stageName(next.entry.from.stage, source) : null;
    const [key = null] = references.imagesOf(origin);
    const { sources, destination, line } = next.entry;
    edges.push({ key, name: origin, stage, sources, destination, line });
  }
  return edges.toSorted((left, right) => left.line - right.line || (left.name < right.name ? -1 : 1));
}

interface CopyOnTheWay {
  readonly copy: BuildCopy;
  /** The one that brought it into the target stage in the end. */
  readonly entry: BuildCopy;
}

function targetOf({ stages, target }: BuildSourceData): number {
  const found = target === null ? -1 : stages.findIndex(({ name }) => name === target);
  if (found >= 0) return found;
  return target !== null && /^\d+$/.test(target) ? Number(target) : stages.length - 1;
}

/** Into a stage or into one that it is built on. */
function copiesInto(stage: number, { stages, copies }: BuildSourceData): readonly CopyOnTheWay[] {
  const found: CopyOnTheWay[] = [];
  let at: number | null = stage;
  while (at !== null) {
    const current: number = at;
    found.push(...copies.filter((copy) => copy.stage === current).map((copy) => ({ copy, entry: copy })));
    const from: BuildOrigin | undefined = stages[current]?.from;
    // A stage is built on an earlier one, so this ends.
    at = from?.kind === 'stage' && from.stage < current ? from.stage : null;
  }
  return found;
}

/** The image that an origin is, or that its stage is built on; null: none that is known. */
function imageBelow(origin: BuildOrigin, { stages }: BuildSourceData): string | null {
  let at: BuildOrigin | undefined = origin;
  for (let depth = 0; depth <= stages.length && at?.kind === 'stage'; depth++) at = stages[at.stage]?.from;
  return at?.kind === 'image' ? at.reference : null;
}

function stageName(stage: number, { stages }: BuildSourceData): string {
  return stages[stage]?.name ?? String(stage);
}
