import path from 'node:path';
import type { Clock, DeclarationResult, Instant, NewFact } from '#model';
import { current, type Graph } from '#graph';
import type { Store } from '#store';
import { AdoptError } from './adopt-error.ts';
import type { DeclaredKind, DeclaredSubject } from './declarations/declared-set.ts';
import {
  diffDeclarations,
  type Comparable,
  type DeclarationChange,
} from './declarations/diff-declarations.ts';
import { parseDeclarations } from './declarations/parse-declarations.ts';
import type { DeclaredElsewhere } from './declarations/resolve.ts';
import type { DeclaredFile } from './questions.ts';

const DECLARED_KINDS: readonly DeclaredKind[] = [
  'team',
  'environment',
  'service',
  'external',
  'call',
  'ownership',
  'label',
];

/** Said by two places alike, these are no contradiction. */
const SHARED_KINDS: ReadonlySet<DeclaredKind> = new Set(['team', 'environment', 'label']);

export interface DeclarerOptions {
  readonly store: Store;
  readonly graph: Graph;
  readonly node: string;
  readonly clock: Clock;
}

/**
 * Takes what people write. All files that are given together are one declaration, known by the
 * directory that holds them all: given again, it replaces what it said before.
 */
export class Declarer {
  readonly #options: DeclarerOptions;

  constructor(options: DeclarerOptions) {
    this.#options = options;
  }

  declare(
    files: readonly DeclaredFile[],
    options: { readonly dryRun: boolean; readonly actor: string },
  ): DeclarationResult {
    const directory = commonDirectory(files);
    const source = `declare:${directory}`;
    const elsewhere = this.#elsewhere(source);
    // Messages name files as they were given; what is kept must not change with where somebody stood.
    const given = parseDeclarations(files, elsewhere);
    this.#refuseContradictions(source, given.subjects);
    const { warnings } = given;
    const { subjects } = parseDeclarations(files.map(namedFrom(directory)), elsewhere);
    const changes = diffDeclarations(this.#before(source), subjects);
    const applied = !options.dryRun && changes.length > 0;
    if (applied) this.#record(source, subjects, changes, options.actor);
    return { changes: [...changes], warnings: [...warnings], applied };
  }

  /** What this declaration said last. */
  #before(source: string): readonly Comparable[] {
    const { graph, node } = this.#options;
    const before: Comparable[] = [];
    for (const kind of DECLARED_KINDS) {
      for (const subject of graph.facts.subjectsOf(kind)) {
        const said = current(graph.facts, kind, graph.facts.subjectId(subject), `${source}@${node}`);
        if (said !== null) before.push({ kind, id: said.id, data: said.data });
      }
    }
    return before;
  }

  /** What other declarations say: their names may be used. */
  #elsewhere(source: string): readonly DeclaredElsewhere[] {
    const { graph, node } = this.#options;
    return DECLARED_KINDS.flatMap((kind) =>
      [...graph.all(kind)]
        .filter((said) => said.source !== `${source}@${node}`)
        .map(({ id }) => ({ kind, id })),
    );
  }

  #refuseContradictions(source: string, subjects: readonly DeclaredSubject[]): void {
    const { graph, node } = this.#options;
    for (const { kind, id, location } of subjects) {
      const other = SHARED_KINDS.has(kind) ? null : graph.one(kind, id);
      if (other === null || other.source === `${source}@${node}`) continue;
      const where = other.source.slice(other.source.indexOf(':') + 1, other.source.lastIndexOf('@'));
      throw new AdoptError('invalid-input', `${location}: ${kind} "${id}" is declared in ${where} already`, {
        detail: ['Nothing was changed.'],
        next: `sheer history ${id}`,
      });
    }
  }

  #record(
    source: string,
    subjects: readonly DeclaredSubject[],
    changes: readonly DeclarationChange[],
    actor: string,
  ): void {
    const { store, graph, node, clock } = this.#options;
    const now = clock();
    const byKey = new Map(subjects.map((subject) => [`${subject.kind} ${subject.id}`, subject]));
    let sequence = graph.facts.sequenceOf(`${source}@${node}`);
    const facts = changes.map(({ change, kind, id }): NewFact => {
      const base = this.#base(now, actor, { id: source, node, sequence: ++sequence });
      const subject = byKey.get(`${kind} ${id}`);
      if (change === 'removed' || subject === undefined)
        return { ...base, kind: 'end', subject: { kind, id } };
      return { ...base, kind: 'assert', subject: { kind, id }, data: subject.data };
    });
    store.append('audit', facts, store.head('audit').position);
  }

  #base(now: Instant, actor: string, source: NewFact['source']) {
    return { recordedAt: now, validFrom: now, evidence: 'declared', source, actor } as const;
  }
}

/** The deepest directory that holds all files. */
function commonDirectory(files: readonly DeclaredFile[]): string {
  const [first = '', ...others] = files.map((file) => file.directory ?? '');
  let common = first.split('/');
  for (const directory of others) {
    const parts = directory.split('/');
    const differs = common.findIndex((part, index) => part !== parts[index]);
    common = common.slice(0, differs < 0 ? common.length : differs);
  }
  return common.join('/') || '/';
}

/** By its path below the directory; a file whose directory nobody said by the name that it has. */
const namedFrom =
  (directory: string) =>
  (file: DeclaredFile): DeclaredFile => {
    if (file.directory === undefined) return file;
    const place = path.posix.join(file.directory, path.posix.basename(file.name));
    return { ...file, name: path.posix.relative(directory, place) };
  };
