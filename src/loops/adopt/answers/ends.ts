import type { Instant, Protocol } from '#model';
import type { Located, NamedInstance } from '#graph';
import { INTERNET, type AttributedEnd } from '../attribution/attributed-flow.ts';
import type { View } from './view.ts';

/** One end of a call, in names. */
export interface NamedEnd {
  readonly kind: 'service' | 'instance' | 'node' | 'external' | 'ambiguous' | 'unknown';
  /** For people: the service's name, an external's, or `unknown`. */
  readonly name: string;
  /** Service id, external or node; null where it has none. */
  readonly id: string | null;
  readonly instance: string | null;
  readonly team: string | null;
  /** From the closed list, for `unknown`; candidates for `ambiguous`. */
  readonly reason: string | null;
}

/** The first and the last time. */
export interface Seen {
  readonly from: Instant;
  readonly until: Instant;
}

/** What is called: one port may be two services', by protocol. */
export interface Called {
  readonly port: number;
  /** As rows have it; others than `tcp` and `udp` have no ports that anybody listens on. */
  readonly protocol: string;
}

/** Names ends of many calls; to be made for one answer, because names may change between two. */
export class EndNamer {
  readonly #view: View;
  readonly #ownedAt: Instant;
  /** Only holders: there are few of them, and addresses without one differ in when they were seen, too. */
  readonly #byHolder = new Map<string, NamedEnd>();

  /** @param ownedAt whose an instance was then */
  constructor(view: View, ownedAt: Instant) {
    this.#view = view;
    this.#ownedAt = ownedAt;
  }

  /**
   * An end without a holder is looked up as of the time in which it was seen, `seen.until` included. Its
   * connections were added up by address: where that changed hands meanwhile, nobody can say whose each was.
   */
  name(end: AttributedEnd, called: Called | null, seen: Seen): NamedEnd {
    if (end.holder === '') return this.#byAddress(end, called, seen);
    const known = this.#byHolder.get(end.holder);
    if (known !== undefined) return known;
    const named = this.#byHolderId(end.holder);
    this.#byHolder.set(end.holder, named);
    return named;
  }

  #byHolderId(holder: string): NamedEnd {
    if (holder === INTERNET) return external(INTERNET, null);
    if (holder.startsWith('node/')) return node(holder.slice('node/'.length));
    const instance = this.#view.names.lastInstance(holder);
    // The kernel said who it was; no engine has reported that instance (yet).
    return instance === null ? unreported(holder) : this.#instance(instance);
  }

  #byAddress({ ip, scope }: AttributedEnd, called: Called | null, { from, until }: Seen): NamedEnd {
    const place = {
      ip,
      port: called?.port ?? null,
      protocol: protocolOf(called),
      scope: scope === '' ? null : scope,
    };
    const locate = (at: Instant): Located => this.#view.locator.locate({ ...place, at });
    const first = locate(from);
    // Who held it when the engines reported last may have given it back since.
    if (first.kind === 'holder' && first.statement !== null && until > this.#view.locator.settledUntil)
      return { ...NOBODY, reason: 'pending' };
    if (from === until || heldUntil(first) > until) return this.#located(first);
    const [one, other] = [this.#located(first), this.#located(locate(until))];
    // Whoever is at both ends and has no interval (an external, a node) was there all the time.
    if (one.kind === other.kind && one.name === other.name && heldUntil(first) === Number.POSITIVE_INFINITY)
      return other;
    const names = new Set([one, other].map((each) => each.instance ?? each.reason ?? each.name));
    return { ...NOBODY, kind: 'ambiguous', name: 'ambiguous', reason: [...names].join(', ') };
  }

  #located(located: Located): NamedEnd {
    if (located.kind === 'unknown') return { ...NOBODY, reason: located.reason };
    if (located.kind === 'external')
      return external(located.name, this.#view.graph.one('external', located.name)?.data.owner ?? null);
    if (located.kind === 'ambiguous') {
      const holders = located.holdings.map((one) => one.statement.data.holder.id);
      return { ...NOBODY, kind: 'ambiguous', name: 'ambiguous', reason: holders.join(', ') };
    }
    const { facts } = this.#view.graph;
    const id = facts.subjectId(located.holder);
    return facts.subjectKind(located.holder) === 'node' ? node(id) : this.#byHolderId(id);
  }

  #instance(instance: NamedInstance): NamedEnd {
    const team = this.#view.names.teamOf(instance, this.#ownedAt);
    const { service, statement } = instance;
    if (service === null)
      return { ...NOBODY, kind: 'instance', name: statement.data.name, instance: statement.id, reason: null };
    return {
      kind: 'service',
      name: service.name,
      id: service.id,
      instance: statement.id,
      team,
      reason: null,
    };
  }
}

/** Null: none that a port is listened on with. */
export function protocolOf(called: Called | null): Protocol | null {
  return called?.protocol === 'tcp' || called?.protocol === 'udp' ? called.protocol : null;
}

/** Until when the one who was found is known to have been there. */
const heldUntil = (located: Located): Instant =>
  located.kind === 'holder' && located.statement !== null
    ? located.statement.until
    : Number.POSITIVE_INFINITY;

const NOBODY: NamedEnd = {
  kind: 'unknown',
  name: 'unknown',
  id: null,
  instance: null,
  team: null,
  reason: null,
};

const external = (name: string, team: string | null): NamedEnd => ({
  ...NOBODY,
  kind: 'external',
  name,
  id: name,
  team,
});

const node = (name: string): NamedEnd => ({ ...NOBODY, kind: 'node', name, id: name });

const unreported = (holder: string): NamedEnd => ({
  ...NOBODY,
  kind: 'instance',
  name: holder,
  instance: holder,
});
