import {
  hostScope,
  isLoopback,
  unmapped,
  type Instant,
  type Protocol,
  type Scope,
  type UnknownReason,
} from '#model';
import { AMBIGUOUS, NO_HOLDER, type Holding } from './address-book.ts';
import type { Graph } from './graph.ts';
import { ReasonEvidence } from './reason-evidence.ts';
import { LATEST, type Statement } from './statements.ts';

/** An address as somebody saw it. */
export interface Place {
  readonly ip: string;
  readonly port: number | null;
  /** Null: either. */
  readonly protocol: Protocol | null;
  /** Null: as this node sees it. */
  readonly scope: Scope | null;
  readonly at: Instant;
}

/** Who that was. */
export type Located =
  | {
      readonly kind: 'holder';
      /** Subject number. */
      readonly holder: number;
      /** Null for a node's own loopback, which nobody needs to report. */
      readonly statement: Statement<'address'> | null;
      readonly how:
        | 'holds the address'
        | 'listens on the port'
        | 'the port is published for it'
        | 'is that namespace';
    }
  | { readonly kind: 'external'; readonly name: string; readonly declared: boolean }
  | { readonly kind: 'ambiguous'; readonly holdings: readonly Holding[] }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason };

/** Names addresses that nobody on this node holds; null when it has no name. */
export type ExternalNamer = (
  ip: string,
  port: number | null,
  scope: Scope | null,
) => { readonly name: string; readonly declared: boolean } | null;

/** What the locator needs to know beside the graph. */
export interface LocatorOptions {
  readonly graph: Graph;
  readonly node: string;
  readonly externals: ExternalNamer;
  /** Up to when every live feed has reported. */
  readonly settledUntil: () => Instant;
  /** What ended before may have been dropped; absent: nothing was. */
  readonly retainedSince?: () => Instant;
}

const LOOPBACK_PREFIX = 'loopback/';
const PROTOCOLS: readonly Protocol[] = ['tcp', 'udp'];
/** Listening on `::` takes IPv4, too; the other way round it does not. */
const anyAddressFor = (ip: string): readonly string[] => (ip.includes(':') ? ['::'] : ['0.0.0.0', '::']);

/**
 * Finds who an address belonged to, as of a moment (invariant 4). It looks where the address is
 * meant: in the scope given, else in what this node sees: its own namespace and the networks of its
 * engines. It never guesses: two holders are ambiguous, none is unknown with a reason.
 */
export class Locator {
  readonly #options: LocatorOptions;
  readonly #evidence: ReasonEvidence;

  constructor(options: LocatorOptions) {
    this.#options = options;
    this.#evidence = new ReasonEvidence(options.graph);
  }

  /** Later moments may still be told otherwise. */
  get settledUntil(): Instant {
    return this.#options.settledUntil();
  }

  /** With a reason where nobody is found: for an answer to a person. */
  locate(asked: Place): Located {
    const found = this.find(asked);
    // That loopback is the node's own nobody reports; before anything was, not even that is known.
    const isKnown = found !== null && (!isOwnLoopback(found) || this.isObserved(asked.at));
    return isKnown ? found : { kind: 'unknown', reason: this.#reason({ ...asked, ip: unmapped(asked.ip) }) };
  }

  /** Null where nobody is found: for many at once. */
  find(asked: Place): Located | null {
    const place = { ...asked, ip: unmapped(asked.ip) };
    if (place.scope?.startsWith(LOOPBACK_PREFIX) === true)
      return this.#inNamespaceOf(place.scope.slice(LOOPBACK_PREFIX.length));
    const found = this.#find(place);
    if (found !== null) return found;
    if (isLoopback(place.ip)) return this.#node();
    const external = this.#options.externals(place.ip, place.port, place.scope);
    if (external === null || (!external.declared && this.#isOwnTooEarly(place))) return null;
    return { kind: 'external', ...external };
  }

  /** Whether any engine had reported anything then. */
  isObserved(at: Instant): boolean {
    const { facts } = this.#options.graph;
    return this.#engines().some((engine) => facts.firstSaid(engine.subject) <= at);
  }

  /** The scopes that are asked for a place, in order. */
  scopesOf(place: Place): readonly Scope[] {
    const { graph, node } = this.#options;
    const host = hostScope(node);
    if (isLoopback(place.ip)) return [place.scope ?? host];
    const local = [
      host,
      ...graph.addresses
        .scopes()
        .filter((scope) => scope.startsWith(`network/${node}/`) && !scope.includes('/netns-')),
    ];
    if (place.scope === null || place.scope === host) return local;
    // A namespace on this node that is not the host's reaches the node's networks too.
    return place.scope.startsWith(`network/${node}/`)
      ? [place.scope, ...local.filter((scope) => scope !== place.scope)]
      : [place.scope];
  }

  /** First the scope that was named; of the node's own scopes all, because none ranks before another. */
  #find(place: Place): Located | null {
    const all: Located[] = [];
    for (const scope of this.scopesOf(place)) {
      const found = this.#findIn(scope, place);
      if (found === null) continue;
      if (scope === place.scope && scope !== hostScope(this.#options.node)) return found;
      all.push(found);
    }
    return together(all);
  }

  #findIn(scope: Scope, place: Place): Located | null {
    if (place.port !== null) {
      const listener = this.#listener(scope, place.ip, place);
      if (listener !== null) return listener;
    }
    const address = this.#at(this.#options.graph.addresses.keyOf(scope, place.ip), place.at);
    const isNode =
      (address === null && isLoopback(place.ip)) ||
      (address?.kind === 'holder' && this.#options.graph.facts.subjectKind(address.holder) === 'node');
    if (place.port === null || !isNode) return address;
    for (const any of anyAddressFor(place.ip)) {
      const listener = this.#listener(scope, any, place);
      if (listener !== null) return listener;
    }
    return address;
  }

  #listener(scope: Scope, ip: string, place: Place): Located | null {
    const { addresses } = this.#options.graph;
    const protocols = place.protocol === null ? PROTOCOLS : [place.protocol];
    // One port may be one program's on TCP and another's on UDP.
    return together(
      protocols.map((protocol) => this.#at(addresses.keyOf(scope, ip, place.port, protocol), place.at)),
    );
  }

  #at(key: number, at: Instant): Located | null {
    if (key < 0) return null;
    const { addresses } = this.#options.graph;
    const holder = addresses.holderAt(key, at);
    if (holder === NO_HOLDER) return null;
    const holdings = addresses.holdings(key, at);
    const published = holdings.filter(({ uncertain, statement }) => !uncertain && isPublished(statement));
    if (holder === AMBIGUOUS && published.length !== 1) return { kind: 'ambiguous', holdings };
    const [first] = published.length === 1 ? published : holdings;
    if (first === undefined) return null;
    if (this.#isUnheard(first.statement, at))
      return { kind: 'ambiguous', holdings: [{ ...first, uncertain: true }] };
    return { kind: 'holder', holder: first.holder, statement: first.statement, how: howOf(first.statement) };
  }

  /** Its source was interrupted before and is not back: the address may have changed hands since. */
  #isUnheard({ source, until }: Statement<'address'>, at: Instant): boolean {
    if (until !== Number.POSITIVE_INFINITY) return false;
    const id = source.slice(0, source.lastIndexOf('@'));
    const isInterrupted = (then: Instant): boolean =>
      (this.#options.graph.one('source', id, then)?.data.state ?? 'live') !== 'live';
    return isInterrupted(LATEST) && isInterrupted(at);
  }

  #inNamespaceOf(instance: string): Located {
    const holder = this.#options.graph.facts.subject('instance', instance);
    if (holder < 0) return { kind: 'unknown', reason: 'scope-not-observed' };
    return { kind: 'holder', holder, statement: null, how: 'is that namespace' };
  }

  #node(): Located {
    const holder = this.#options.graph.facts.subject('node', this.#options.node);
    if (holder < 0) return { kind: 'unknown', reason: 'before-observation-began' };
    return { kind: 'holder', holder, statement: null, how: 'holds the address' };
  }

  #reason(place: Place): UnknownReason {
    const { graph, settledUntil, retainedSince } = this.#options;
    if (retainedSince !== undefined && place.at < retainedSince()) return 'no-longer-retained';
    if (place.scope !== null && !graph.addresses.scopes().includes(place.scope)) return 'scope-not-observed';
    const engines = this.#engines();
    if (engines.some((engine) => this.#hadGap(engine.id, place.at))) return 'feed-had-a-gap';
    if (!this.isObserved(place.at)) return 'before-observation-began';
    if (this.#evidence.hadAddressless(place.at)) return 'gone-before-it-could-be-read';
    return place.at > settledUntil() ? 'pending' : 'nobody-held-it';
  }

  #engines(): readonly Statement<'source'>[] {
    return this.#evidence.sources(LATEST).filter((source) => source.data.kind === 'engine');
  }

  /** A public address that was somebody's here as soon as anybody looked: before that it may have been, too. */
  #isOwnTooEarly(place: Place): boolean {
    const { addresses } = this.#options.graph;
    const isOwn = this.scopesOf(place).some((scope) => addresses.keyOf(scope, place.ip) >= 0);
    return isOwn && !this.isObserved(place.at);
  }

  #hadGap(engine: string, at: Instant): boolean {
    const state = this.#options.graph.one('source', engine, at)?.data.state;
    return state === 'gap' || state === 'stopped';
  }
}

/** Several places in which it was looked for: one holder, or nobody can say which. */
function together(found: readonly (Located | null)[]): Located | null {
  const holdings = found.flatMap((each) => (each === null ? [] : holdingsOf(each)));
  const [first] = holdings;
  if (first === undefined) return null;
  if (holdings.some((one) => one.uncertain || one.holder !== first.holder))
    return { kind: 'ambiguous', holdings };
  return { kind: 'holder', holder: first.holder, statement: first.statement, how: howOf(first.statement) };
}

const isOwnLoopback = (located: Located): boolean =>
  located.kind === 'holder' && located.statement === null && located.how === 'holds the address';

function holdingsOf(located: Located): readonly Holding[] {
  if (located.kind === 'ambiguous') return located.holdings;
  if (located.kind !== 'holder' || located.statement === null) return [];
  return [{ statement: located.statement, holder: located.holder, uncertain: false }];
}

/**
 * Who arrives at a published port is sent on before any socket sees it; engines keep a process
 * listening there (conmon, docker-proxy) so that nobody else takes the port.
 */
const isPublished = ({ data }: Statement<'address'>): boolean => data.forwardsTo !== undefined;

function howOf(
  statement: Statement<'address'>,
): 'holds the address' | 'listens on the port' | 'the port is published for it' {
  if (isPublished(statement)) return 'the port is published for it';
  return statement.data.port === null ? 'holds the address' : 'listens on the port';
}
