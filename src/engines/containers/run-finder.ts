import { setTimeout as delay } from 'node:timers/promises';
import type { Instant } from '#model';
import type { Attachments } from './attachments.ts';
import type { ContainerAddress, ContainerRun } from './container-facts.ts';
import { isAlive, networksOf } from './container-facts.ts';
import { ownAddresses } from './hosts-file.ts';
import type { NetworkNames } from './network-names.ts';
import type { RunDirectory } from './run-directory.ts';
import type { ContainerDetails } from './wire.ts';
import type { ContainerEvent } from './wire-event.ts';

/** Podman makes the run directory some 4 ms before it knows the container by its id. */
const KNOWN_AFTER_MS = [5, 20];

/** An inspect of the same run says that it started at most this much later than its start event. */
const SAME_RUN_MS = 20;

export interface FinderSources {
  /** Null when the engine does not have it any more, or does not answer. */
  readonly inspect: (id: string) => Promise<ContainerDetails | null>;
  readonly networks: NetworkNames;
  readonly attachments: Attachments;
  /** The image that is called so now. */
  readonly imageIdOf: (name: string) => string | null;
  /** Addresses that the networks' name servers know of a container. */
  readonly served: (id: string, networks: readonly string[]) => readonly ContainerAddress[];
  readonly cgroupOf: (pid: number, containerId: string) => string | null;
}

/** A run, and since when it has held its addresses. */
export interface FoundRun {
  readonly run: ContainerRun;
  readonly addressesFrom: Instant;
}

/**
 * Finds out what a container is and which addresses it has, from what there is: the engine's
 * inspect when it was made, podman's run directory just before it starts, an inspect afterwards, and
 * at the least what the event itself says.
 */
export class RunFinder {
  readonly #sources: FinderSources;
  #runDirectory: RunDirectory | null = null;
  /** Inspects of containers that were made and have not started. */
  readonly #made = new Map<string, Promise<ContainerDetails | null>>();
  /** Addresses that a name server was told, of containers without a hosts file. */
  readonly #served = new Map<string, readonly ContainerAddress[]>();
  /** When the last run ended: what was written before belongs to it. */
  readonly #ended = new Map<string, Instant>();

  constructor(sources: FinderSources) {
    this.#sources = sources;
  }

  useRunDirectory(runDirectory: RunDirectory): void {
    this.#runDirectory = runDirectory;
  }

  /** Learns what it is while it is there. */
  created(id: string): void {
    this.#runDirectory?.follow(id);
    if (!this.#made.has(id)) this.#made.set(id, this.#inspectSoon(id));
  }

  /**
   * It starts at any moment, and podman wrote no hosts file for it (`--no-hosts`). Its name server
   * knows it, in networks that have one; else the engine is asked, which may be too late.
   */
  unnamed(id: string): void {
    const addresses = this.#sources.served(id, this.#sources.networks.known);
    if (addresses.length > 0) this.#served.set(id, addresses);
    else if (this.#made.has(id)) this.#made.set(id, this.#unserved(id));
  }

  /** Docker attaches a container to its networks at every start, and says so each time. */
  networksChanged(event: ContainerEvent): void {
    if (this.#made.has(event.id)) this.#made.set(event.id, this.#sources.inspect(event.id));
    this.#sources.attachments.changed(event);
  }

  ended(id: string, at: Instant): void {
    this.#ended.set(id, at);
    this.#served.delete(id);
    this.#sources.attachments.forget(id);
  }

  removed(id: string): void {
    this.#made.delete(id);
    this.#served.delete(id);
    this.#ended.delete(id);
    this.#sources.attachments.forget(id);
    this.#runDirectory?.forget(id);
  }

  look(id: string): Promise<ContainerDetails | null> {
    return this.#sources.inspect(id);
  }

  /** The run that this event reports. */
  async started(event: ContainerEvent): Promise<FoundRun> {
    const sighting = this.#sighting(event);
    const made = (await this.#made.get(event.id)) ?? null;
    this.#made.delete(event.id);
    if (made !== null && this.#isRunOf(event, made)) {
      return { run: this.fromDetails(made), addressesFrom: this.#since(sighting.hosts, event.at) };
    }
    if (made !== null) {
      const addresses = await this.#seen(sighting.hosts, made, event.at);
      if (addresses.length > 0 || !networksOf(made).addressed) {
        return this.#compose(made, addresses, sighting, event);
      }
    }
    const now = await this.#sources.inspect(event.id);
    if (now !== null && this.#isRunOf(event, now)) {
      return { run: this.fromDetails(now), addressesFrom: this.#since(sighting.hosts, event.at) };
    }
    const known = made ?? now ?? remains(event, this.#sources.imageIdOf(event.imageName));
    const addresses = await this.#seen(sighting.hosts, known, event.at);
    return this.#compose(known, addresses, sighting, event);
  }

  /** A container that runs now. In no network at all it has no address, and none is missing. */
  fromDetails(details: ContainerDetails): ContainerRun {
    const { addressed: meant, networks } = networksOf(details);
    const addressed = meant && networks.length > 0;
    const addresses = addressed
      ? details.networks.flatMap(({ name, ips }) => ips.map((ip) => ({ network: name, ip })))
      : [];
    return this.#run(details, { networks, addressed, addresses, pid: details.pid });
  }

  /**
   * Since when a running container has certainly held its addresses. They are there before it
   * starts; a hosts file that was changed later means that a network may have been added then.
   */
  addressesSince(id: string, startedAt: Instant): Instant {
    this.#runDirectory?.follow(id);
    return this.#runDirectory?.hostsChangedAt(id) ?? startedAt;
  }

  async #inspectSoon(id: string): Promise<ContainerDetails | null> {
    for (const waitMs of KNOWN_AFTER_MS) {
      await delay(waitMs);
      const details = await this.#sources.inspect(id);
      if (details !== null) return details;
    }
    return null;
  }

  /** In a network that is new, or has no name server. */
  async #unserved(id: string): Promise<ContainerDetails | null> {
    const made = (await this.#made.get(id)) ?? null;
    if (made === null || !networksOf(made).addressed) return made;
    const addresses = this.#sources.served(id, networksOf(made).networks);
    if (addresses.length === 0) return (await this.#sources.inspect(id)) ?? made;
    this.#served.set(id, addresses);
    return made;
  }

  /** What the run directory says of this very run. */
  #sighting(event: ContainerEvent): Seen {
    const { hosts, pid } = this.#runDirectory?.sighting(event.id) ?? { hosts: null, pid: null };
    const before = this.#ended.get(event.id) ?? Number.NEGATIVE_INFINITY;
    if (hosts === null) return { hosts, pid: this.#served.has(event.id) ? pid : null };
    const mine = hosts.changedAt > before && hosts.changedAt <= event.at;
    return mine ? { hosts, pid } : { hosts: null, pid: null };
  }

  async #seen(
    hosts: Seen['hosts'],
    details: ContainerDetails,
    startedAt: Instant,
  ): Promise<readonly ContainerAddress[]> {
    const { addressed, networks } = networksOf(details);
    if (!addressed) return [];
    if (hosts === null) {
      return this.#served.get(details.id) ?? this.#sources.attachments.before(details.id, startedAt);
    }
    const addresses: ContainerAddress[] = [];
    for (const ip of ownAddresses(hosts.text, details)) {
      const network = await this.#sources.networks.nameOf(ip, networks);
      if (network !== null) addresses.push({ network, ip });
    }
    return addresses;
  }

  #compose(
    details: ContainerDetails,
    addresses: readonly ContainerAddress[],
    seen: Seen,
    event: ContainerEvent,
  ): FoundRun {
    const { networks, addressed } = networksOf(details);
    const attached = networks.length > 0 ? networks : [...new Set(addresses.map(({ network }) => network))];
    const named = event.name === '' ? details : { ...details, name: event.name };
    const run = this.#run(named, { networks: attached, addressed, addresses, pid: seen.pid });
    return { run, addressesFrom: this.#since(seen.hosts, event.at) };
  }

  /** Whether an inspect speaks of the run that the event started: not of the last, nor of the next. */
  #isRunOf(event: ContainerEvent, { startedAt, ...details }: ContainerDetails): boolean {
    const before = this.#ended.get(event.id) ?? Number.NEGATIVE_INFINITY;
    if (!isAlive(details) || startedAt === null) return false;
    return startedAt > before && startedAt <= event.at + SAME_RUN_MS;
  }

  #since(hosts: Seen['hosts'], startedAt: Instant): Instant {
    return Math.min(hosts?.changedAt ?? startedAt, startedAt);
  }

  #run(
    details: ContainerDetails,
    found: Pick<ContainerRun, 'networks' | 'addressed' | 'addresses' | 'pid'>,
  ): ContainerRun {
    const { id, name, imageName, imageId, labels, ports } = details;
    const cgroup = found.pid === null ? null : this.#sources.cgroupOf(found.pid, id);
    return {
      id,
      name,
      imageName,
      imageId,
      labels,
      ports,
      paused: details.state === 'paused',
      cgroup,
      ...found,
    };
  }
}

interface Seen {
  readonly hosts: { readonly text: string; readonly changedAt: Instant } | null;
  readonly pid: number | null;
}

/** All that an event says by itself. */
function remains(event: ContainerEvent, imageId: string | null): ContainerDetails {
  return {
    id: event.id,
    name: event.name,
    imageName: event.imageName,
    imageId,
    labels: event.labels,
    networkMode: '',
    networks: [],
    ports: [],
    extraHosts: [],
    state: 'exited',
    pid: null,
    startedAt: event.at,
    finishedAt: null,
  };
}
