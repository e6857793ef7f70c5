/** What is wrong with a document, and where in it. */
export interface Problem {
  /** `$.affected[0].ranges[1].events[2]` */
  readonly path: string;
  /** In plain words, without a full stop: `is missing`, `is a number, not a string`. */
  readonly problem: string;
}

/** Either what was read, or everything that is wrong with it; then nothing of it is used. */
export type Reading<Result> =
  | { readonly kind: 'read'; readonly value: Result }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** `$.affected[0].ranges: is a string, not a list` */
export function formatProblem({ path, problem }: Problem): string {
  return `${path}: ${problem}`;
}
