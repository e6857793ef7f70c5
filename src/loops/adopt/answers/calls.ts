import { formatInstant, type CallAnswer, type Evidence, type Instant } from '#model';
import type { CallRecord, CallTable } from '../attribution/call-table.ts';
import type { ListFilter } from '../questions.ts';
import { EndNamer, type NamedEnd } from './ends.ts';
import { momentOf, ownershipMoment, type View } from './view.ts';

type CallFilter = ListFilter & { readonly since: Instant | null };

/** Declared and observed calls, one line per pair of names, port and protocol. */
export function callAnswers(
  view: View,
  filter: CallFilter,
  records: CallTable = view.calls,
): readonly CallAnswer[] {
  return callEdges(view, filter, records).map(callAnswer).toSorted(byNames);
}

/** {@link callAnswers} with what is known of both ends, in no order. */
export function callEdges(
  view: View,
  filter: CallFilter,
  records: CallTable = view.calls,
): readonly CallEdge[] {
  const edges = new Map<string, CallEdge>();
  const namer = new EndNamer(view, ownershipMoment(view, momentOf(filter.at)));
  for (const record of records.records()) {
    if (filter.since !== null && record.lastAt < filter.since) continue;
    if (filter.at !== null && record.firstAt > filter.at) continue;
    const seen = { from: record.firstAt, until: record.lastAt };
    const from = namer.name(record.client, null, seen);
    const to = namer.name(record.server, record, seen);
    addRecord(edgeOf(edges, { from, to, port: record.port, protocol: record.protocol }), record);
  }
  const observed = Map.groupBy(edges.values(), betweenOf);
  for (const { data } of view.graph.all('call', momentOf(filter.at))) {
    const call = { ...data, from: declaredEnd(view, data.from), to: declaredEnd(view, data.to) };
    const meant = (observed.get(betweenOf(call)) ?? []).filter((edge) => isMeant(edge, call));
    for (const edge of meant.length > 0 ? meant : [edgeOf(edges, call)]) edge.declared = true;
  }
  return [...edges.values()]
    .filter((edge) => filter.team === null || edge.from.team === filter.team || edge.to.team === filter.team)
    .filter(
      (edge) =>
        filter.environment === null ||
        [edge.from, edge.to].some((end) => end.id?.startsWith(`${filter.environment}/`)),
    );
}

/** All calls between two names on one port. */
export interface CallEdge {
  readonly from: NamedEnd;
  readonly to: NamedEnd;
  readonly port: number | null;
  readonly protocol: string;
  declared: boolean;
  /** By sensors and by flow logs, which may have seen the same connections. */
  readonly sensed: Counts;
  readonly imported: Counts;
  firstAt: Instant | null;
  lastAt: Instant | null;
  readonly sources: Set<string>;
}

/** What was counted of an edge; null until anything was. */
interface Counts {
  connections: number | null;
  failed: number | null;
  bytes: number | null;
}

const nothingCounted = (): Counts => ({ connections: null, failed: null, bytes: null });

/** What tells one line from another. */
type EdgeKey = Pick<CallEdge, 'from' | 'to' | 'port' | 'protocol'>;

function edgeOf(edges: Map<string, CallEdge>, { from, to, port, protocol }: EdgeKey): CallEdge {
  const key = `${from.kind} ${from.id ?? from.name}|${to.kind} ${to.id ?? to.name}|${port ?? ''}|${protocol}`;
  const known = edges.get(key);
  if (known !== undefined) return known;
  const edge: CallEdge = {
    from,
    to,
    port,
    protocol,
    declared: false,
    sensed: nothingCounted(),
    imported: nothingCounted(),
    firstAt: null,
    lastAt: null,
    sources: new Set(),
  };
  edges.set(key, edge);
  return edge;
}

function addRecord(edge: CallEdge, record: Readonly<CallRecord>): void {
  const counts = record.isImported ? edge.imported : edge.sensed;
  counts.connections = (counts.connections ?? 0) + record.connections;
  counts.failed = (counts.failed ?? 0) + record.failed;
  if (record.bytes !== null) counts.bytes = (counts.bytes ?? 0) + record.bytes;
  edge.firstAt = Math.min(edge.firstAt ?? record.firstAt, record.firstAt);
  edge.lastAt = Math.max(edge.lastAt ?? record.lastAt, record.lastAt);
  for (const source of record.sources) edge.sources.add(source);
}

/** A declaration without a port stands for every port that is seen between the two. */
const isMeant = (edge: CallEdge, call: EdgeKey): boolean =>
  edge.protocol === call.protocol && (call.port === null || edge.port === call.port);

const betweenOf = ({ from, to }: Pick<CallEdge, 'from' | 'to'>): string =>
  `${from.id ?? from.name}|${to.id ?? to.name}`;

/** A service by its id, else an external. */
function declaredEnd(view: View, id: string): NamedEnd {
  const service = view.names.declaredService(id);
  const kind = service === null ? 'external' : 'service';
  const team = service?.data.owner ?? view.graph.one('external', id)?.data.owner ?? null;
  return { kind, name: service?.data.name ?? id, id, instance: null, team, reason: null };
}

export function callAnswer(edge: CallEdge): CallAnswer {
  const evidence: Evidence[] = [];
  if (edge.declared) evidence.push('declared');
  const counts = edge.sensed.connections === null ? edge.imported : edge.sensed;
  if (counts.connections !== null) evidence.push('observed');
  return {
    from: edge.from.name,
    to: edge.to.name,
    fromId: edge.from.id,
    toId: edge.to.id,
    port: edge.port,
    protocol: edge.protocol,
    evidence,
    ...counts,
    firstSeen: formatInstant(edge.firstAt),
    lastSeen: formatInstant(edge.lastAt),
    sources: [...edge.sources].toSorted(),
  };
}

function byNames(left: CallAnswer, right: CallAnswer): number {
  const [a, b] = [`${left.from} ${left.to} ${left.port}`, `${right.from} ${right.to} ${right.port}`];
  return a < b ? -1 : a > b ? 1 : 0;
}
