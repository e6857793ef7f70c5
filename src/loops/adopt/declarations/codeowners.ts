import path from 'node:path';

import { teamOf } from '#model';

import type { DeclaredFile } from '../questions.ts';
import { type Draft, EMPTY_DRAFT, type OwnershipDraft } from './draft.ts';
import { printable, quoted } from './problem.ts';

/**
 * Reads a CODEOWNERS file by GitHub's rules: one pattern and its owners on each line, `#` begins a comment, and of
 * several patterns that match the last one counts. As on GitHub, a line that can't be understood is left out; here
 * with a warning. https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function readCodeowners(file: DeclaredFile): Draft {
  const ownerships = new Map<string, OwnershipDraft>();
  const warnings: string[] = [];
  let inSection = false;
  for (const [index, text] of file.content.split(/\r\n|\n|\r/).entries()) {
    const line = index + 1;
    const warn = (message: string): void => {
      warnings.push(`${file.name}:${line}: ${message}`);
    };
    if (/^\^?\[[^\]]+\]/.test(text)) {
      inSection = true;
      warn('sections are GitLab’s: the heading is left out, its patterns count');
      continue;
    }
    const rule = ruleOf(text);
    if (rule === null) continue;
    const problem = problemOf(rule, inSection);
    if (problem === null) keep(ownerships, ownershipOf(file, line, rule), warn);
    else warn(`left out: ${problem}`);
  }
  return { ...EMPTY_DRAFT, ownerships: [...ownerships.values()], warnings };
}

/** Where GitHub looks, the first that is found counts; then GitLab's own. */
const PLACES = ['.github', '', 'docs', '.gitlab'];

/**
 * Of several CODEOWNERS files for one directory only the first place in GitHub's order counts.
 *
 * @returns for each file that does not count the name of the one that does
 */
export function overruledCodeowners(files: readonly DeclaredFile[]): ReadonlyMap<DeclaredFile, string> {
  const overruled = new Map<DeclaredFile, string>();
  for (const rivals of Map.groupBy(files.filter(isCodeowners), governed).values()) {
    const [first, ...others] = rivals.toSorted((left, right) => placeOf(left) - placeOf(right));
    for (const other of others) if (first !== undefined) overruled.set(other, first.name);
  }
  return overruled;
}

export const isCodeowners = ({ name }: DeclaredFile): boolean => path.posix.basename(name) === 'CODEOWNERS';

function placeOf(file: DeclaredFile): number {
  const directory = directoryOf(file);
  return PLACES.indexOf(directory === governed(file) ? '' : path.posix.basename(directory));
}

interface Rule {
  readonly pattern: string;
  /** Where the pattern begins, from 1. */
  readonly column: number;
  readonly owners: readonly string[];
}

/** The pattern may hold spaces and number signs behind a backslash. Null for an empty line. */
function ruleOf(text: string): Rule | null {
  const match = /^(?<indent>\s*)(?<pattern>(?:\\.|[^\s\\#]|(?<=\S)#)+)(?<rest>.*)$/.exec(text);
  if (match?.groups === undefined) return null;
  const { indent = '', pattern = '', rest = '' } = match.groups;
  const owners = rest
    .replace(/(?:^|\s)#.*$/, '')
    .split(/\s+/)
    .filter((owner) => owner !== '');
  return { pattern: pattern.replace(/\\(.)/g, '$1'), column: indent.length + 1, owners };
}

/** `@name`, `@organisation/team` or an address. */
const OWNER = /^(?:@[\w.-]+(?:\/[\w.-]+)*|[^\s@]+@[^\s@]+\.[^\s@]+)$/;

/** Linux's longest path; it also bounds what the expressions above can cost. */
const LENGTH_MAX = 4096;

function problemOf({ pattern, owners }: Rule, inSection: boolean): string | null {
  if (pattern.startsWith('!')) return 'a pattern can’t begin with ! here';
  if (pattern.length > LENGTH_MAX) return `a pattern can’t be longer than ${LENGTH_MAX} characters here`;
  if (/[[\]]/.test(pattern)) return 'a pattern can’t hold [ ] here';
  if (inSection && owners.length === 0) return 'it takes its owners from GitLab’s section';
  const odd = owners.find((owner) => owner.length > LENGTH_MAX || !OWNER.test(owner));
  return odd === undefined
    ? null
    : `${quoted(odd)} is no owner: expected @name, @organisation/team or an address`;
}

function ownershipOf(file: DeclaredFile, line: number, rule: Rule): OwnershipDraft {
  const teams = [...new Set(rule.owners.map(teamOf))];
  // A team can be asked in five years, a person perhaps not: the first team counts, or the first person.
  const owner = teams.find((team) => !team.includes('@')) ?? teams[0] ?? null;
  const others = teams.filter((team) => team !== owner);
  return {
    id: `codeowners:${file.name}:${rule.pattern}`,
    data: {
      basis: 'codeowners',
      target: { kind: 'directory', path: governed(file), pattern: rule.pattern, line },
      owner,
      ...(others.length === 0 ? {} : { others }),
      location: `${file.name}:${line}`,
    },
    place: { file: file.name, line, column: rule.column, length: rule.pattern.length, path: null },
  };
}

/** The directory that the file speaks of: where it stands, or above `.github`, `.gitlab` and `docs`. */
function governed(file: DeclaredFile): string {
  const directory = directoryOf(file);
  const kept = /^(?:\.github|\.gitlab|docs)$/.test(path.posix.basename(directory));
  return kept ? path.posix.dirname(directory) : directory;
}

const directoryOf = (file: DeclaredFile): string => file.directory ?? path.posix.dirname(file.name);

function keep(
  into: Map<string, OwnershipDraft>,
  draft: OwnershipDraft,
  warn: (message: string) => void,
): void {
  const earlier = into.get(draft.id);
  if (earlier !== undefined) {
    const { pattern } = draft.data.target.kind === 'directory' ? draft.data.target : { pattern: '' };
    warn(`the pattern ${printable(pattern)} stands on line ${earlier.place.line} already; this one counts`);
  }
  into.set(draft.id, draft);
}
