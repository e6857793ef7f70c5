import { SheerError } from '#model';

import { excerpt } from './excerpt.ts';
import { headline, type Problem } from './problem.ts';

/**
 * Files that were refused, whole: nothing of any of them counts. The message is the first problem's line; `detail`
 * holds its excerpt, the other problems with theirs, and a last line that says that nothing was changed, all to be
 * printed as they are.
 */
export class DeclarationError extends SheerError {
  override readonly name = 'DeclarationError';
  readonly problems: readonly Problem[];

  /** @param contents the files' texts by name */
  constructor(problems: readonly [Problem, ...Problem[]], contents: ReadonlyMap<string, string>) {
    const shown = problems.slice(0, SHOWN_MAX);
    const detail = shown.flatMap((problem, index) => [
      ...(index === 0 ? [] : [headline(problem)]),
      ...excerpt(contents.get(problem.place.file) ?? '', problem.place),
    ]);
    const more = problems.length - shown.length;
    if (more > 0) detail.push(`  and ${more} more ${more === 1 ? 'problem' : 'problems'}`);
    super('invalid-input', headline(problems[0]), { detail: [...detail, '  Nothing was changed.'] });
    this.problems = problems;
  }
}

/** As many as fit on a screen with their excerpts. */
const SHOWN_MAX = 10;
