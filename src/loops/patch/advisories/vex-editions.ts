import type { VexData } from '#model';
import type { IntakeDocument, IntakeStatement } from './advisory-intake.ts';

export interface NewEditions {
  /** Statements of the documents that are as new as what is known of them, or newer. */
  readonly statements: readonly IntakeStatement[];
  /** Ids of what is in force and stands in these documents no more. */
  readonly ended: readonly string[];
}

type Edition = NonNullable<VexData['edition']>;

/** Recorded before editions were. */
const OLDEST: Edition = { version: 0, at: Number.NEGATIVE_INFINITY };

/**
 * A newer edition of a document replaces all of an older one, also what it has nothing instead of; an
 * older edition that is read later says nothing.
 *
 * @param brought what was read just now; of the documents also those that say nothing
 * @param known editions that were read at some time
 * @param inForce statements that hold now, by their ids
 */
export function newEditions(
  brought: { readonly statements: readonly IntakeStatement[]; readonly documents: readonly IntakeDocument[] },
  known: Iterable<IntakeDocument>,
  inForce: ReadonlyMap<string, VexData>,
): NewEditions {
  const told = new Map<string, Edition>();
  for (const { id, statement } of brought.statements) note(told, documentOf(id), statement.edition);
  for (const { id, edition } of brought.documents) note(told, id, edition);
  const newest = new Map(told);
  for (const { id, edition } of known) note(newest, id, edition);
  const before = [...inForce].filter(([id]) => told.has(documentOf(id)));
  for (const [id, { edition }] of before) note(newest, documentOf(id), edition);
  const isNewest = (document: string, edition: Edition = OLDEST): boolean =>
    !isNewer(newest.get(document) ?? OLDEST, edition);
  const statements = brought.statements.filter(({ id, statement }) =>
    isNewest(documentOf(id), statement.edition),
  );
  const said = new Set(statements.map(({ id }) => id));
  const isReplaced = (id: string): boolean => isNewest(documentOf(id), told.get(documentOf(id)));
  const ended = before.map(([id]) => id).filter((id) => isReplaced(id) && !said.has(id));
  return { statements, ended };
}

function note(newest: Map<string, Edition>, document: string, edition: Edition = OLDEST): void {
  const known = newest.get(document);
  if (known === undefined || isNewer(edition, known)) newest.set(document, edition);
}

/** `AUTHOR/DOCUMENT/n` → `AUTHOR/DOCUMENT` */
function documentOf(id: string): string {
  return id.slice(0, id.lastIndexOf('/'));
}

/** The version grows with every change; where an author leaves it as it was, the time tells. */
export function isNewer(edition: Edition, than: Edition): boolean {
  return edition.version === than.version ? edition.at > than.at : edition.version > than.version;
}
