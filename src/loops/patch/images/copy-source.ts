import type { CopyEdge } from '#graph';

/** Where copied files are from: another image, or a stage of the same source, whose own steps made them. */
export type CopySource =
  /** `key` null: never seen, or not known which. */
  | { readonly kind: 'image'; readonly key: string | null; readonly name: string | null }
  | { readonly kind: 'stage'; readonly stage: string };

/**
 * What comes out of a stage is from the image below the stage only if that image has it; where it has
 * not, the stage's own steps brought it in, and building again would bring it in again.
 *
 * @param holds whether an image has the package; null: nobody has read that image
 */
export function copySource(from: readonly CopyEdge[], holds: (image: string) => boolean | null): CopySource {
  const holder = from.find(({ key }) => key !== null && holds(key) !== false);
  const stage = from.find((edge) => edge.key !== null && edge.stage !== null)?.stage ?? null;
  if (holder === undefined && stage !== null) return { kind: 'stage', stage };
  const edge = holder ?? from[0];
  return { kind: 'image', key: edge?.key ?? null, name: edge?.name ?? null };
}
