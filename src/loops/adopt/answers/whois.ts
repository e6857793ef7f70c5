import {
  formatInstant,
  UNKNOWN_REASONS,
  type Candidate,
  type Instant,
  type UnknownReason,
  type WhoisAnswer,
} from '#model';
import { LATEST, type Located, type NamedInstance, type Place, type Statement } from '#graph';
import { observationBegan } from './observation-began.ts';
import { ownershipMoment, type View } from './view.ts';

export interface WhoisQuestion {
  readonly ip: string;
  readonly port: number | null;
  readonly at: Instant | null;
  readonly scope: string | null;
}

/** How many later holders an answer lists. */
const AFTER_MAX = 5;

/** Who held the address then; or that nobody did, and why; or that it can't be told apart (invariant 4). */
export function whoisAnswer(view: View, question: WhoisQuestion): WhoisAnswer {
  const at = question.at ?? view.clock();
  const place: Place = { ip: question.ip, port: question.port, protocol: null, scope: question.scope, at };
  const located = question.at === null ? locatedNow(view, place) : view.locator.locate(place);
  const around = neighbours(view, place);
  const base: WhoisAnswer = {
    ...NOTHING,
    address: question.port === null ? question.ip : `${bracketed(question.ip)}:${question.port}`,
    at: formatInstant(at),
    scope: question.scope,
    elsewhere: question.scope === null ? elsewhere(view, place) : [],
    ...around,
  };
  if (located.kind === 'unknown') {
    const began = observationBegan(view);
    if (began !== null && at < began && BEFORE_IT_BEGAN.has(located.reason))
      return { ...base, ...tooEarly(began) };
    return { ...base, kind: 'unknown', ...whyUnknown(located.reason, around) };
  }
  if (located.kind === 'external') return external(view, base, located);
  if (located.kind === 'holder') return held(view, base, located, at);
  return {
    ...base,
    kind: 'ambiguous',
    candidates: located.holdings.map((one) => candidate(view, one.statement)),
    explanation:
      'it is not certain who held it then: an end that nobody saw, a source that has not been heard since, or two networks with the same addresses',
  };
}

/** What is known last, whatever the clock says: it may have been set back since. */
function locatedNow(view: View, place: Place): Located {
  const latest = view.locator.locate({ ...place, at: LATEST });
  if (latest.kind !== 'unknown') return latest;
  // What sources have reported so far is what is known now: `pending` would be no answer.
  const at = Math.min(place.at, view.locator.settledUntil);
  const now = view.locator.locate({ ...place, at });
  return now.kind === 'unknown' ? now : { kind: 'unknown', reason: 'nobody-held-it' };
}

const NOTHING: WhoisAnswer = {
  address: '',
  at: '',
  scope: null,
  kind: 'unknown',
  instance: null,
  instanceName: null,
  service: null,
  team: null,
  environment: null,
  node: null,
  image: null,
  external: null,
  since: null,
  until: null,
  evidence: null,
  source: null,
  confidence: null,
  how: null,
  candidates: [],
  elsewhere: [],
  reason: null,
  explanation: null,
  before: null,
  after: [],
};

/** Nothing was dropped of a time in which nothing had been observed. */
const BEFORE_IT_BEGAN: ReadonlySet<UnknownReason> = new Set([
  'before-observation-began',
  'no-longer-retained',
]);

const tooEarly = (began: Instant): Pick<WhoisAnswer, 'kind' | 'reason' | 'explanation' | 'until'> => ({
  kind: 'unknown',
  reason: 'before-observation-began',
  explanation: `that is before Sheerline began to look at ${formatInstant(began)}`,
  until: formatInstant(began),
});

/** For an address that was free also since when, and until when. */
function whyUnknown(
  reason: UnknownReason,
  { before, after }: Pick<WhoisAnswer, 'before' | 'after'>,
): Pick<WhoisAnswer, 'reason' | 'explanation' | 'since' | 'until'> {
  const since = reason === 'nobody-held-it' ? (before?.until ?? null) : null;
  const until = reason === 'nobody-held-it' ? (after[0]?.since ?? null) : null;
  return { reason, since, until, explanation: UNKNOWN_REASONS[reason] };
}

function external(
  view: View,
  base: WhoisAnswer,
  located: Extract<Located, { kind: 'external' }>,
): WhoisAnswer {
  const declaration = located.declared ? view.graph.one('external', located.name) : null;
  return {
    ...base,
    kind: 'external',
    external: located.name,
    team: declaration?.data.owner ?? null,
    evidence: declaration === null ? null : 'declared',
    source: declaration?.source ?? null,
    confidence: declaration === null ? 'inferred' : 'certain',
    how: declaration === null ? 'a public address that nobody has declared' : 'declared as an external',
  };
}

function held(
  view: View,
  base: WhoisAnswer,
  located: Extract<Located, { kind: 'holder' }>,
  at: Instant,
): WhoisAnswer {
  const { facts } = view.graph;
  const id = facts.subjectId(located.holder);
  const { statement } = located;
  const answer: WhoisAnswer = {
    ...base,
    scope: statement?.data.scope ?? base.scope,
    since: statement === null ? null : formatInstant(statement.since),
    until: statement === null ? null : timeOrNull(statement.until),
    // That a loopback address is its own namespace's nobody needs to report.
    evidence: statement?.evidence ?? null,
    source: statement?.source ?? null,
    confidence: 'certain',
    how: located.how,
  };
  if (facts.subjectKind(located.holder) === 'node') return { ...answer, kind: 'node', node: id };
  const instance = view.names.instanceAt(located.holder, at) ?? view.names.lastInstance(id);
  return instance === null
    ? { ...answer, kind: 'instance', instance: id }
    : withInstance(view, answer, instance, at);
}

function withInstance(view: View, answer: WhoisAnswer, instance: NamedInstance, at: Instant): WhoisAnswer {
  const { data, id } = instance.statement;
  return {
    ...answer,
    kind: 'instance',
    instance: id,
    instanceName: data.name,
    service: instance.service?.name ?? null,
    team: view.names.teamOf(instance, ownershipMoment(view, at)),
    environment: instance.service?.environment ?? null,
    node: data.node,
    image: data.images[0]?.name ?? null,
    // The address is a fact; that the instance is of this service follows from it by a rule.
    how: `${answer.how ?? ''}; ${instance.service?.how ?? `two selectors match: ${instance.conflict.join(', ')}`}`,
  };
}

/** Who held it before and since, in the scopes that the question is about. */
function neighbours(view: View, place: Place): Pick<WhoisAnswer, 'before' | 'after'> {
  const runs = view.locator.scopesOf(place).flatMap((scope) => runsIn(view, scope, place));
  runs.sort((left, right) => left.since - right.since);
  const before = runs.findLast((run) => run.until <= place.at);
  const after = runs.filter((run) => run.since > place.at).slice(0, AFTER_MAX);
  return {
    before: before === undefined ? null : candidate(view, before),
    after: after.map((run) => candidate(view, run)),
  };
}

/** The same address in scopes that the question is not about. */
function elsewhere(view: View, place: Place): Candidate[] {
  const asked = new Set(view.locator.scopesOf(place));
  return view.graph.addresses
    .scopes()
    .filter((scope) => !asked.has(scope))
    .flatMap((scope) => runsIn(view, scope, place))
    .filter((run) => run.since <= place.at && place.at < run.until)
    .map((run) => candidate(view, run));
}

function runsIn(view: View, scope: string, place: Place): readonly Statement<'address'>[] {
  const { addresses } = view.graph;
  if (place.port === null) return addresses.runs(addresses.keyOf(scope, place.ip));
  const listeners = (['tcp', 'udp'] as const).flatMap((protocol) =>
    addresses.runs(addresses.keyOf(scope, place.ip, place.port, protocol)),
  );
  return listeners.length > 0 ? listeners : addresses.runs(addresses.keyOf(scope, place.ip));
}

function candidate(view: View, statement: Statement<'address'>): Candidate {
  const { kind, id } = statement.data.holder;
  const instance = kind === 'instance' ? view.names.lastInstance(id) : null;
  return {
    kind,
    id,
    name: instance?.service?.name ?? instance?.statement.data.name ?? id,
    service: instance?.service?.id ?? null,
    team: instance === null ? null : view.names.teamOf(instance, ownershipMoment(view, LATEST)),
    scope: statement.data.scope,
    since: formatInstant(statement.since),
    until: timeOrNull(statement.until),
  };
}

const timeOrNull = (at: Instant): string | null => (Number.isFinite(at) ? formatInstant(at) : null);

const bracketed = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip);
