import { formatInstant, isShortId, type Evidence, type HistoryEntry, type SubjectData } from '#model';
import { history, type Graph, type HistoryRow } from '#graph';
import { allNames, notFound } from './misnamed.ts';
import type { View } from './view.ts';

/** All that was ever said of a subject, newest last: of a service also its instances, of an instance its addresses. */
export function historyEntries(view: View, subject: string, limit: number): readonly HistoryEntry[] {
  const subjects = subjectsCalled(view, subject);
  if (subjects.size === 0) {
    throw notFound(`nothing was ever called "${subject}"`, {
      name: subject,
      known: allNames(view),
      next: 'sheer instances',
    });
  }
  const before = new Map<string, unknown>();
  const entries = history(view.graph.facts, subjects).map((row) => {
    const key = `${row.subject} ${row.source}`;
    const entry = entryOf(view.graph, row, before.get(key) ?? null);
    if (row.form === 'assert') before.set(key, row.data);
    return entry;
  });
  return entries
    .toSorted((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0))
    .slice(-limit);
}

function subjectsCalled(view: View, name: string): ReadonlySet<number> {
  const { facts } = view.graph;
  const found = new Set<number>();
  for (let subject = 0; subject < facts.subjectCount; subject++) {
    if (isCalled(view, subject, name)) found.add(subject);
  }
  for (const subject of [...found]) addAddresses(view, subject, found);
  return found;
}

/** By id, or by what people call it. */
function isCalled(view: View, subject: number, name: string): boolean {
  const id = view.graph.facts.subjectId(subject);
  if (id === name) return true;
  switch (view.graph.facts.subjectKind(subject)) {
    case 'instance':
      return isShortId(id, name) || instanceIsCalled(view, id, name);
    case 'service':
      return id.endsWith(`/${name}`);
    case 'address':
      return id.split(' ')[1] === name;
    case 'image':
      return name.length >= 6 && id.replace(/^sha256:/, '').startsWith(name);
    default:
      return false;
  }
}

function instanceIsCalled(view: View, id: string, name: string): boolean {
  const instance = view.names.lastInstance(id);
  return (
    instance !== null &&
    (instance.statement.data.name === name ||
      instance.service?.id === name ||
      instance.service?.name === name)
  );
}

function addAddresses(view: View, subject: number, found: Set<number>): void {
  if (view.graph.facts.subjectKind(subject) !== 'instance') return;
  const { addresses, nextAddress } = view.graph.facts.subjects.columns;
  for (let address = addresses[subject] ?? -1; address >= 0; address = nextAddress[address] ?? -1)
    found.add(address);
}

function entryOf(graph: Graph, row: HistoryRow, before: unknown): HistoryEntry {
  const kind = graph.facts.subjectKind(row.subject);
  const id = graph.facts.subjectId(row.subject);
  const changes = row.form === 'assert' ? differences(before, row.data) : [];
  return {
    stream: row.stream,
    position: row.position,
    at: formatInstant(row.validFrom),
    until: formatInstant(row.validUntil),
    learnt: formatInstant(row.recordedAt),
    what: row.form,
    kind,
    subject: id,
    summary: summaryOf(row, before, { what: nameOf(kind, id, row.data ?? before), kind, changes }),
    changes,
    evidence: row.evidence,
    source: row.source,
    actor: row.actor,
  };
}

function summaryOf(
  row: HistoryRow,
  before: unknown,
  { what, kind, changes }: { readonly what: string } & Pick<HistoryEntry, 'kind' | 'changes'>,
): string {
  const isAddress = kind === 'address';
  if (row.form === 'retract') return `${what}: taken back, it never held`;
  if (isAddress && row.form === 'end') return `gave back ${what}`;
  if (isAddress && before === null) return `took ${what}`;
  if (row.form === 'end') return `${what} ${WORDS[row.evidence].end}`;
  if (before === null) return `${what} ${kind === 'instance' ? 'started' : WORDS[row.evidence].begin}`;
  if (changes.length === 0) return `${what} started again`;
  return `${what}: ${changes.map((change) => change.field).join(', ')} changed`;
}

const WORDS: Readonly<Record<Evidence, { readonly begin: string; readonly end: string }>> = {
  declared: { begin: 'was declared', end: 'is no longer declared' },
  observed: { begin: 'appeared', end: 'ended' },
  enforced: { begin: 'appeared', end: 'ended' },
};

function nameOf(kind: keyof SubjectData, id: string, data: unknown): string {
  if (kind === 'address') return id.split(' ').slice(0, -1).slice(1).join(' ');
  if (kind !== 'instance' || data === null) return id;
  // Data of an instance, by `kind`.
  return (data as SubjectData['instance']).name;
}

function differences(before: unknown, after: unknown): HistoryEntry['changes'] {
  if (!isRecord(before) || !isRecord(after)) return [];
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return fields
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({ field, from: before[field] ?? null, to: after[field] ?? null }));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
