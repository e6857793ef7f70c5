import path from 'node:path';

import type { DeclaredFile } from '../questions.ts';
import { readCatalogInfo } from './catalog-info.ts';
import { isCodeowners, overruledCodeowners, readCodeowners } from './codeowners.ts';
import { Containerfiles } from './containerfile/containerfiles.ts';
import { DeclarationError } from './declaration-error.ts';
import type { DeclaredSet } from './declared-set.ts';
import { type Draft, EMPTY_DRAFT } from './draft.ts';
import { type Problem, quoted } from './problem.ts';
import { type DeclaredElsewhere, resolve } from './resolve.ts';
import { readSheerYaml } from './sheer-yaml.ts';

/**
 * Reads sheer.yaml, CODEOWNERS and catalog-info.yaml files together: names of one may be used in another. The
 * file's name says which it is; any other `.yaml` is read as a sheer.yaml.
 *
 * @param elsewhere what is declared already and not by these files: its names may be used too
 * @throws DeclarationError `invalid-input` with everything that is wrong in any of them; then none of them counts
 */
export function parseDeclarations(
  files: readonly DeclaredFile[],
  elsewhere: readonly DeclaredElsewhere[] = [],
): DeclaredSet {
  const unreadable = checkSizes(files);
  if (unreadable.length > 0) throw refusal(unreadable, files);
  const containerfiles = new Containerfiles(files.filter(({ kind }) => kind === 'containerfile'));
  const declaring = files.filter(({ kind }) => kind !== 'containerfile');
  const overruled = overruledCodeowners(declaring);
  const drafts = declaring.map((file) => {
    const by = overruled.get(file);
    return by === undefined ? readFile(file, containerfiles) : leftOut(file, by);
  });
  // A file that can't be read may hold the names that others miss, so they are looked up only when all can.
  const wrong = [...drafts.flatMap((draft) => draft.problems), ...containerfiles.problems()];
  if (wrong.length > 0) throw refusal(wrong, files);
  const problems: Problem[] = [];
  const set = resolve(drafts, elsewhere, problems);
  if (problems.length > 0) throw refusal(problems, files);
  return { ...set, warnings: [...set.warnings, ...containerfiles.warnings()] };
}

/** A thousand services take 100 kB and 0.2 s; the densest YAML takes its parser 2 to 5 s for each MiB. */
const FILE_LENGTH_MAX = 1_048_576;
const TOTAL_LENGTH_MAX = 4 * FILE_LENGTH_MAX;
const FILES_MAX = 1000;

function checkSizes(files: readonly DeclaredFile[]): readonly Problem[] {
  const problems: Problem[] = [];
  let total = 0;
  for (const [index, { name, content }] of files.entries()) {
    const place = { file: name, line: 1, column: 1, length: 1, path: null };
    const before = total;
    total += content.length;
    if (content.length > FILE_LENGTH_MAX) {
      const message = `the file has ${content.length} characters: expected at most ${FILE_LENGTH_MAX}`;
      problems.push({ place, message });
    }
    if (before <= TOTAL_LENGTH_MAX && total > TOTAL_LENGTH_MAX) {
      const message = `all files up to this one have ${total} characters: expected at most ${TOTAL_LENGTH_MAX}`;
      problems.push({ place, message });
    }
    if (index === FILES_MAX) {
      problems.push({ place, message: `this is file ${FILES_MAX + 1}: expected at most ${FILES_MAX}` });
    }
  }
  return problems;
}

function readFile(file: DeclaredFile, containerfiles: Containerfiles): Draft {
  const base = path.posix.basename(file.name);
  if (isCodeowners(file)) return readCodeowners(file);
  if (/^catalog-info\.ya?ml$/.test(base)) return readCatalogInfo(file);
  if (/\.ya?ml$/.test(base)) return readSheerYaml(file, containerfiles);
  const place = { file: file.name, line: 1, column: 1, length: 1, path: null };
  const message = `a file called ${quoted(base)} is not read: expected sheer.yaml, catalog-info.yaml or CODEOWNERS`;
  return { ...EMPTY_DRAFT, problems: [{ place, message }] };
}

const leftOut = (file: DeclaredFile, by: string): Draft => ({
  ...EMPTY_DRAFT,
  warnings: [
    `${file.name}: left out: of several CODEOWNERS for one directory only ${by} counts, as on GitHub`,
  ],
});

function refusal(problems: readonly Problem[], files: readonly DeclaredFile[]): DeclarationError {
  const order = new Map(files.map(({ name }, index) => [name, index]));
  const indexOf = ({ place }: Problem): number => order.get(place.file) ?? 0;
  const [first, ...others] = problems.toSorted(
    (a, b) => indexOf(a) - indexOf(b) || a.place.line - b.place.line || a.place.column - b.place.column,
  );
  if (first === undefined) throw new TypeError('a refusal needs a problem');
  return new DeclarationError([first, ...others], new Map(files.map(({ name, content }) => [name, content])));
}
