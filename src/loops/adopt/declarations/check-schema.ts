import { knownKeys } from '#model/manifest';
import { closest } from '#model';
import type { z } from 'zod';

import { didYouMean, type Problem, quoted } from './problem.ts';
import { placeOf, valueAt, type YamlFile, type YamlTree } from './yaml-tree.ts';

type Issue = z.core.$ZodIssue;

/** The value as the schema gives it, or null with everything that is wrong with it added to `problems`. */
export function checkSchema<T extends z.ZodType>(
  schema: T,
  file: YamlFile,
  tree: YamlTree,
  problems: Problem[],
): z.output<T> | null {
  const result = schema.safeParse(tree.value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const misspelt = misspeltKeys(issues);
  for (const issue of issues) {
    if (isConsequence(issue, misspelt, tree)) continue;
    for (const problem of problemsOf(issue, file, tree)) problems.push(problem);
  }
  return null;
}

/** Of each map that has keys which nobody knows, by its path: those that were probably meant. */
function misspeltKeys(issues: readonly Issue[]): ReadonlyMap<string, ReadonlySet<string | null>> {
  return new Map(
    issues.flatMap((issue) => {
      const known = knownKeys(issue);
      if (known === null || issue.code !== 'unrecognized_keys') return [];
      return [[JSON.stringify(issue.path), new Set(issue.keys.map((key) => closest(key, known)))]];
    }),
  );
}

/** Whoever misspells a key also leaves out what it should have said: that is one problem. */
function isConsequence(
  issue: Issue,
  misspelt: ReadonlyMap<string, ReadonlySet<string | null>>,
  tree: YamlTree,
): boolean {
  if (issue.code === 'custom') return misspelt.has(JSON.stringify(issue.path));
  // The place of a list's only value is an entry of the key that is missing.
  const last = issue.path.findLastIndex((part) => typeof part === 'string');
  const key = issue.path[last];
  if (typeof key !== 'string' || valueAt(tree, issue.path) !== undefined) return false;
  return misspelt.get(JSON.stringify(issue.path.slice(0, last)))?.has(key) === true;
}

function problemsOf(issue: Issue, file: YamlFile, tree: YamlTree): readonly Problem[] {
  const known = knownKeys(issue);
  if (known !== null && issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(key, known, placeOf(file, tree, [...issue.path, key], 'key')));
  }
  if (issue.code === 'invalid_key') {
    const key = placeOf(file, tree, issue.path, 'key');
    return [{ place: key, message: `expected ${issue.issues[0]?.message ?? 'another name'}` }];
  }
  const found = valueAt(tree, issue.path);
  const place = placeOf(file, tree, issue.path, 'value');
  const missing = found === undefined ? issue.path.findLast((part) => typeof part === 'string') : undefined;
  return [
    {
      place,
      message:
        missing === undefined
          ? `expected ${issue.message}, found ${describe(found)}${hint(found, issue)}`
          : `${quoted(missing)} is missing: expected ${issue.message}`,
    },
  ];
}

function unknownKey(key: string, known: readonly string[], place: Problem['place']): Problem {
  const suggestion = closest(key, known);
  const others = suggestion === null ? `; expected one of ${known.join(', ')}` : didYouMean(suggestion);
  return { place, message: `there is no key ${quoted(key)} here${others}` };
}

function describe(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty map' : 'a map';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? quoted(value) : `a ${typeof value}`;
}

/** YAML reads `2024` as a number and `true` as a truth value, where people mean text; and the other way round. */
function hint(value: unknown, issue: Issue): string {
  if (issue.code !== 'invalid_type') return '';
  const written = typeof value === 'number' || typeof value === 'boolean';
  if (issue.expected === 'string' && written) return ` (write it in quotes: "${String(value)}")`;
  const isNumber = typeof value === 'string' && /^\d+$/.test(value);
  return (issue.expected === 'number' || issue.expected === 'int') && isNumber
    ? ' (write it without quotes)'
    : '';
}
