import type { Instant, Owner, ServiceData, SubjectData } from '#model';
import { ExternalMatcher } from './derive/externals.ts';
import type { InstanceView } from './derive/instance-view.ts';
import { deriveOwner } from './derive/owner.ts';
import { Ownerships } from './derive/ownerships.ts';
import {
  compileDeclaredServices,
  deriveService,
  type Declared,
  type DeclaredServices,
  type DerivedService,
  type ServiceConflict,
} from './derive/service.ts';
import type { Graph } from './graph.ts';
import type { ExternalNamer } from './locate.ts';
import { lastStatement, LATEST, statement, type Statement } from './statements.ts';

/** An instance with what follows from the declarations of today: names apply to the past. */
export interface NamedInstance {
  readonly statement: Statement<'instance'>;
  readonly view: InstanceView;
  /** Null: two selectors match, so it belongs to neither. */
  readonly service: DerivedService | null;
  readonly conflict: readonly string[];
}

interface Compiled {
  readonly epoch: number;
  readonly services: DeclaredServices;
  readonly serviceById: ReadonlyMap<string, Declared<ServiceData> & { readonly from: Instant }>;
  readonly ownerships: Ownerships;
  readonly externals: ExternalMatcher;
  readonly declaredAt: Instant;
}

const DERIVED_MAX = 50_000;

/** What is derived from declarations: the service of an instance, owners, names of externals. */
export class Names {
  readonly #graph: Graph;
  #compiled: Compiled | null = null;
  /** By row, with its ports: an instance's service only changes with these and with the declarations. */
  readonly #derived = new Map<
    number,
    { readonly ports: readonly number[]; readonly derived: DerivedService | ServiceConflict }
  >();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Names public and declared addresses outside. */
  readonly external: ExternalNamer = (ip, port, scope) => {
    const match = this.#current().externals.match({ ip, port, scope });
    return match === null ? null : { name: match.id, declared: match.data !== null };
  };

  /** The declaration of a service and since when it holds. */
  declaredService(id: string): (Declared<ServiceData> & { readonly from: Instant }) | null {
    return this.#current().serviceById.get(id) ?? null;
  }

  declaredServices(): Iterable<Declared<ServiceData> & { readonly from: Instant }> {
    return this.#current().serviceById.values();
  }

  /** When owners were declared last; minus infinity: never. Later than the clock once that was set back. */
  get declaredAt(): Instant {
    return this.#current().declaredAt;
  }

  /** The instance as of `at`; null when it did not live then. */
  instanceAt(subject: number, at: Instant): NamedInstance | null {
    const said = statement<'instance'>(this.#graph.facts, subject, at);
    return said === null ? null : this.named(said, at);
  }

  /** The instance as it last was, alive or not. */
  lastInstance(id: string): NamedInstance | null {
    const subject = this.#graph.facts.subject('instance', id);
    const last = subject < 0 ? null : lastStatement<'instance'>(this.#graph.facts, subject);
    // Just before its end, when it still held its ports.
    return last === null ? null : this.named(last, Number.isFinite(last.until) ? last.until - 0.001 : LATEST);
  }

  named(said: Statement<'instance'>, at: Instant): NamedInstance {
    const view: InstanceView = { data: said.data, ports: this.#portsOf(said.subject, at) };
    const derived = this.#derive(said.row, view);
    const base = { statement: said, view };
    if (derived.kind === 'conflict') return { ...base, service: null, conflict: derived.services };
    return { ...base, service: derived, conflict: [] };
  }

  /** Whose a service was, by its declaration and by what its instances say. */
  ownerOf(
    service: { readonly id: string; readonly name: string; readonly application: string },
    instances: readonly InstanceView[],
    at: Instant,
  ): Owner | null {
    const { serviceById, ownerships } = this.#current();
    const today = serviceById.get(service.id) ?? null;
    // A declaration that says `since:` speaks for the time before it was made; others only from then on.
    const since = today?.data.since ?? null;
    const then = since !== null && since <= at ? null : this.#graph.one('service', service.id, at);
    const declared = then === null ? today : { id: then.id, data: then.data, from: then.since };
    return deriveOwner(
      { name: service.name, application: service.application, declared, instances },
      ownerships,
      at,
    );
  }

  /** The team of one instance, by its own labels and its service's declaration. */
  teamOf(instance: NamedInstance, at: Instant): string | null {
    return instance.service === null
      ? null
      : (this.ownerOf(instance.service, [instance.view], at)?.team ?? null);
  }

  #current(): Compiled {
    if (this.#compiled?.epoch === this.#graph.derivationEpoch) return this.#compiled;
    const services = [...this.#graph.all('service')].map(sinceDeclared);
    const ownerships = [...this.#graph.all('ownership')].map(sinceDeclared);
    const environments = [...this.#graph.all('environment')];
    this.#derived.clear();
    this.#compiled = {
      epoch: this.#graph.derivationEpoch,
      services: compileDeclaredServices(services, environments),
      serviceById: new Map(services.map((service) => [service.id, service])),
      ownerships: new Ownerships(ownerships),
      externals: new ExternalMatcher([...this.#graph.all('external')]),
      declaredAt: [...services, ...ownerships].reduce(
        (latest, { from }) => Math.max(latest, from),
        Number.NEGATIVE_INFINITY,
      ),
    };
    return this.#compiled;
  }

  #derive(row: number, view: InstanceView): DerivedService | ServiceConflict {
    const { services } = this.#current();
    const known = this.#derived.get(row);
    if (known !== undefined && isSame(known.ports, view.ports)) return known.derived;
    const derived = deriveService(view, services);
    if (this.#derived.size >= DERIVED_MAX) this.#derived.clear();
    this.#derived.set(row, { ports: view.ports, derived });
    return derived;
  }

  #portsOf(instance: number, at: Instant): readonly number[] {
    const ports = new Set<number>();
    for (const { data } of this.#graph.addresses.addressesOf(instance, at)) {
      if (data.port !== null) ports.add(data.forwardsTo?.port ?? data.port);
    }
    return [...ports].toSorted((left, right) => left - right);
  }
}

const isSame = (left: readonly number[], right: readonly number[]): boolean =>
  left.length === right.length && left.every((port, index) => port === right[index]);

function sinceDeclared<K extends 'service' | 'ownership'>({
  id,
  data,
  since,
}: Statement<K>): {
  readonly id: string;
  readonly data: SubjectData[K];
  readonly from: Instant;
} {
  return { id, data, from: since };
}
