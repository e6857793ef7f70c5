import type { VexData } from '#model';
import type { IntakeStatement } from './advisory-intake.ts';

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
 * @param inForce statements that hold now, by their ids
 */
export function newEditions(
  read: readonly IntakeStatement[],
  inForce: ReadonlyMap<string, VexData>,
): NewEditions {
  const newest = new Map<string, Edition>();
  const note = (id: string, edition: Edition = OLDEST): void => {
    const known = newest.get(documentOf(id));
    if (known === undefined || compare(edition, known) > 0) newest.set(documentOf(id), edition);
  };
  for (const { id, statement } of read) note(id, statement.edition);
  const told = new Set(newest.keys());
  const before = [...inForce].filter(([id]) => told.has(documentOf(id)));
  for (const [id, { edition }] of before) note(id, edition);
  const isNewest = (id: string, edition: Edition = OLDEST): boolean =>
    compare(edition, newest.get(documentOf(id)) ?? OLDEST) === 0;
  const statements = read.filter(({ id, statement }) => isNewest(id, statement.edition));
  const said = new Set(statements.map(({ id }) => id));
  const replaced = new Set(statements.map(({ id }) => documentOf(id)));
  const ended = before.map(([id]) => id).filter((id) => replaced.has(documentOf(id)) && !said.has(id));
  return { statements, ended };
}

/** `AUTHOR/DOCUMENT/n` → `AUTHOR/DOCUMENT` */
function documentOf(id: string): string {
  return id.slice(0, id.lastIndexOf('/'));
}

/** The version grows with every change; where an author leaves it as it was, the time tells. */
function compare(left: Edition, right: Edition): number {
  if (left.version !== right.version) return left.version - right.version;
  return left.at === right.at ? 0 : left.at < right.at ? -1 : 1;
}
