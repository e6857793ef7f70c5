import path from 'node:path';
import type { Clock, DeclarationResult, NewFact } from '#model';
import { current, type Graph } from '#graph';
import type { Store } from '#store';
import { AdoptError } from './adopt-error.ts';
import { DECLARED_KINDS, type DeclaredKind, type DeclaredSubject } from './declarations/declared-set.ts';
import {
  diffDeclarations,
  type Comparable,
  type DeclarationChange,
} from './declarations/diff-declarations.ts';
import { parseDeclarations } from './declarations/parse-declarations.ts';
import type { DeclaredElsewhere } from './declarations/resolve.ts';
import type { DeclaredFile } from './questions.ts';

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
    const directory = commonDirectory(files.filter(({ kind }) => kind !== 'containerfile'));
    const source = `declare:${directory}`;
    const elsewhere = this.#elsewhere(source);
    // Messages name files as they were given; what is kept must not change with where somebody stood.
    const given = parseDeclarations(files, elsewhere);
    this.#refuseContradictions(source, given.subjects);
    const named = files.map(namedFrom(directory));
    const { subjects } = parseDeclarations(named, elsewhere);
    const before = this.#before(source);
    const changes = diffDeclarations(before, subjects);
    const replaced = replacedFile(before, changes, named);
    const warnings = [
      ...given.warnings,
      ...(replaced === null ? [] : [replacing(directory, replaced, changes)]),
    ];
    const applied = !options.dryRun && changes.length > 0;
    if (applied) this.#record(source, subjects, changes, options.actor);
    return { changes: [...changes], warnings, applied };
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
    const { facts } = this.#options.graph;
    return DECLARED_KINDS.flatMap((kind) =>
      [...facts.subjectsOf(kind)]
        .filter((subject) => this.#isSaidElsewhere(subject, kind, source))
        .map((subject) => ({ kind, id: facts.subjectId(subject) })),
    );
  }

  /** Also where this declaration says it, too. */
  #isSaidElsewhere(subject: number, kind: DeclaredKind, source: string): boolean {
    const { graph, node } = this.#options;
    const id = graph.facts.subjectId(subject);
    return [...graph.facts.tracksOf(subject)]
      .map((track) => graph.facts.sourceOf(track))
      .some((other) => other !== `${source}@${node}` && current(graph.facts, kind, id, other) !== null);
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
      // The clock may have been set back since: what is said last must not be taken for what was said first.
      const validFrom = Math.max(now, graph.facts.lastSaidAt(kind, id, `${source}@${node}`) ?? now);
      const by = { actor, source: { id: source, node, sequence: ++sequence } };
      const base = { recordedAt: now, validFrom, evidence: 'declared', ...by } as const;
      const subject = byKey.get(`${kind} ${id}`);
      if (change === 'removed' || subject === undefined)
        return { ...base, kind: 'end', subject: { kind, id } };
      return { ...base, kind: 'assert', subject: { kind, id }, data: subject.data };
    });
    store.append('audit', facts, store.head('audit').position);
  }
}

/** The file whose words are taken back although it was not given; empty: nobody knows which; null: there is none. */
function replacedFile(
  before: readonly Comparable[],
  changes: readonly DeclarationChange[],
  given: readonly DeclaredFile[],
): string | null {
  const removed = new Set(changes.filter(({ change }) => change === 'removed').map(keyOf));
  if (removed.size === 0) return null;
  const lost = before.filter((subject) => removed.has(keyOf(subject)));
  const places = lost.flatMap(({ data }) => ('location' in data && data.location ? [data.location] : []));
  const isGiven = (place: string): boolean =>
    given.some(({ name }) => place.startsWith(`${name} `) || place.startsWith(`${name}:`));
  const other = places.find((place) => !isGiven(place));
  if (other !== undefined) return other.replace(/(?::\d+| (?:services|images)\..*)$/s, '');
  // Not everything says where it stands; a file that repeats nothing of it is another one.
  return places.length === 0 && lost.length === before.length ? '' : null;
}

const keyOf = ({ kind, id }: Pick<Comparable, 'kind' | 'id'>): string => `${kind} ${id}`;

function replacing(directory: string, file: string, changes: readonly DeclarationChange[]): string {
  const count = changes.filter(({ change }) => change === 'removed').length;
  const place = path.posix.join(directory, file);
  return `replaces what ${place} declared: ${count} removed; \`sheer declare ${directory}\` declares all files together`;
}

/** The deepest directory that holds all files; what a build sees may lie anywhere. */
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
