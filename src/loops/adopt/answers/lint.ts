import type { CallAnswer, LintFinding as Finding } from '#model';
import { LATEST, type Statement } from '#graph';
import { callAnswers } from './calls.ts';
import { instancesAt, lacksOwner, servicesAt, type ServiceGroup } from './services.ts';
import { shellWord } from './shell-word.ts';
import type { View } from './view.ts';

/** Other rules are of other loops. */
export interface LintFinding extends Finding {
  readonly rule: Exclude<Finding['rule'], 'overdue-case'>;
}

/** Where what is known and what runs don't agree, the weightiest first, each with the next step. */
export function lintFindings(view: View): readonly LintFinding[] {
  return concerns(view).map(({ finding }) => finding);
}

/** A finding with whom it is about: two services may have the same name, but no two the same id. */
export interface Concern {
  readonly finding: LintFinding;
  /** The ids of both ends when it is about a call; null where an end has none. */
  readonly call: { readonly from: string | null; readonly to: string | null } | null;
}

export function concerns(view: View): readonly Concern[] {
  const groups = servicesAt(view, LATEST);
  const calls = callAnswers(view, { at: null, team: null, environment: null, since: null });
  const externals = [...view.graph.all('external')];
  const bearers = bearersOf([...groups, ...externals.map(({ id }) => ({ id, name: id }))], calls);
  const called = new Set(calls.filter(wasObserved).flatMap(({ fromId, toId }) => [fromId, toId]));
  const things = [
    ...selectorConflicts(view),
    ...groups.filter((group) => lacksOwner(group) && group.instances.length > 0).map(noOwner),
    ...externals.filter(({ data }) => data.owner === null).map(externalWithoutOwner),
    ...unknownTeams(view, groups),
    ...groups.filter((group) => group.declared && group.instances.length === 0).map(neverSeen),
    ...externals.filter(({ id }) => !called.has(id)).map(externalNeverSeen),
  ];
  return [
    ...things.map((finding) => ({ finding, call: null })),
    ...calls.filter((call) => !wasObserved(call)).map((call) => ofCall(call, callNeverSeen(call, bearers))),
    ...undeclaredCalls(groups, calls, externals).map((call) => ofCall(call, callNotDeclared(call))),
  ];
}

const ofCall = ({ fromId, toId }: CallAnswer, finding: LintFinding): Concern => ({
  finding,
  call: { from: fromId, to: toId },
});

const wasObserved = (call: CallAnswer): boolean => call.evidence.includes('observed');

function* selectorConflicts(view: View): Generator<LintFinding> {
  for (const { conflict, statement } of instancesAt(view, LATEST)) {
    if (conflict.length === 0) continue;
    yield {
      rule: 'selector-conflict',
      subject: statement.id,
      message: `${statement.data.name} matches the selectors of ${conflict.join(' and ')}, so it belongs to neither`,
      evidence: conflict.map((service) => `declared: ${service}`),
      next: `sheer history ${shellWord(statement.id)}`,
    };
  }
}

function noOwner(group: ServiceGroup): LintFinding {
  return {
    rule: 'no-owner',
    subject: group.id,
    message: `${group.name} has no owner`,
    evidence: [
      `observed: ${group.instances.length} ${group.instances.length === 1 ? 'instance' : 'instances'}, found by ${group.derivedFrom}`,
    ],
    next: 'sheer declare --suggest',
  };
}

const externalWithoutOwner = ({ id, data }: Statement<'external'>): LintFinding => ({
  rule: 'no-owner',
  subject: id,
  message: `${id} has no owner`,
  evidence: [`declared: external ${id}, ${data.addresses.join(', ')}`],
  next: 'sheer externals',
});

function* unknownTeams(view: View, groups: readonly ServiceGroup[]): Generator<LintFinding> {
  const teams = new Set([...view.graph.all('team')].map(({ id }) => id));
  // Without any declared team there is nothing to compare with.
  if (teams.size === 0) return;
  for (const { id, name, owner } of groups) {
    if (owner === null || teams.has(owner.team)) continue;
    yield {
      rule: 'unknown-team',
      subject: id,
      message: `${name} belongs to "${owner.team}", which is not a declared team`,
      evidence: [`${owner.basis}: ${owner.location ?? owner.team}`],
      next: 'sheer teams',
    };
  }
}

const neverSeen = ({ id, name }: ServiceGroup): LintFinding => ({
  rule: 'declared-never-seen',
  subject: id,
  message: `${name} is declared, but nothing that its selectors match runs`,
  evidence: [`declared: ${id}`],
  next: `sheer history ${shellWord(id)}`,
});

const externalNeverSeen = ({ id, data }: Statement<'external'>): LintFinding => ({
  rule: 'declared-never-seen',
  subject: id,
  message: `${id} is declared, but nothing calls it or is called from it`,
  evidence: [`declared: external ${id}, ${data.addresses.join(', ')}`],
  next: `sheer history ${shellWord(id)}`,
});

const callNeverSeen = (call: CallAnswer, bearers: Bearers): LintFinding => ({
  rule: 'declared-never-seen',
  subject: `${call.from} → ${call.to}${call.port === null ? '' : `:${call.port}`}`,
  message: `the call from ${call.from} to ${call.to} is declared, but was never seen`,
  evidence: [`declared: ${call.fromId ?? call.from} → ${call.toId ?? call.to}`],
  next: `sheer why ${wordFor(call.from, call.fromId, bearers)} ${wordFor(call.to, call.toId, bearers)}`,
});

/** Who bears a name: ids. */
type Bearers = ReadonlyMap<string, ReadonlySet<string | null>>;

function bearersOf(
  things: readonly { readonly id: string; readonly name: string }[],
  calls: readonly CallAnswer[],
): Bearers {
  const bearers = new Map<string, Set<string | null>>();
  const add = (name: string, id: string | null): unknown =>
    bearers.set(name, (bearers.get(name) ?? new Set()).add(id));
  for (const { id, name } of things) add(name, id);
  for (const { from, fromId, to, toId } of calls) {
    add(from, fromId);
    add(to, toId);
  }
  return bearers;
}

/** People say names; an id is for what shares its name with something else. */
const wordFor = (name: string, id: string | null, bearers: Bearers): string =>
  shellWord(id === null || bearers.get(name)?.size === 1 ? name : id);

const callNotDeclared = (call: CallAnswer): LintFinding => ({
  rule: 'seen-not-declared',
  subject: `${call.from} → ${call.to}:${call.port ?? '*'}`,
  message: `${call.from} calls ${call.to} on port ${call.port ?? '?'}, and no team has declared it`,
  evidence: [
    `observed: ${call.connections ?? 0} connections, last ${call.lastSeen ?? 'never'} (${call.sources.join(', ')})`,
  ],
  next: 'sheer declare --suggest',
});

/** Only of services and externals that somebody has declared: what nobody wrote down can't be complete. */
function undeclaredCalls(
  groups: readonly ServiceGroup[],
  calls: readonly CallAnswer[],
  externals: readonly Statement<'external'>[],
): readonly CallAnswer[] {
  const declared = new Set([...groups.filter((group) => group.declared), ...externals].map(({ id }) => id));
  return calls.filter(
    ({ evidence, fromId, toId }) =>
      !evidence.includes('declared') && toId !== null && declared.has(toId) && toId !== fromId,
  );
}
