import type { Instant, Observation, Slack } from '#model';
import { AddressRegister } from './address-register.ts';
import { isAlive, type ContainerRun, type Reporter } from './container-facts.ts';
import { Life } from './life.ts';
import type { ContainerDetails } from './wire.ts';
import type { ContainerEvent } from './wire-event.ts';
import type { RunFinder } from './run-finder.ts';

/** `StartedAt` and the start event of one run lie this close together; runs lie further apart. */
const SAME_RUN_MS = 50;

/** What is under way for one container. */
interface Work {
  readonly last: Promise<void>;
  /** The event that waits longest, and the last one. */
  readonly since: Instant;
  readonly event: ContainerEvent;
}

/**
 * What is known of every container, and how events change it. Events of one container are taken one
 * after the other, even while one of them waits for the engine's answer; those of different
 * containers do not wait for each other.
 */
export class ContainerTracker {
  readonly #finder: RunFinder;
  readonly #reporter: Reporter;
  readonly #emit: (observations: readonly Observation[]) => void;
  readonly #register = new AddressRegister();
  readonly #lives = new Map<string, Life>();
  readonly #busy = new Map<string, Work>();

  constructor(finder: RunFinder, reporter: Reporter, emit: (observations: readonly Observation[]) => void) {
    this.#finder = finder;
    this.#reporter = reporter;
    this.#emit = emit;
  }

  /** Containers that run, as far as is known. */
  get running(): readonly string[] {
    return [...this.#lives.keys()];
  }

  /** When the run that is known of began; null when none is. */
  runningSince(id: string): Instant | null {
    return this.#lives.get(id)?.from ?? null;
  }

  /** The time of the oldest event that is not yet reported. */
  get oldestPending(): Instant {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { since } of this.#busy.values()) oldest = Math.min(oldest, since);
    return oldest;
  }

  /** Takes an event; what follows from it is emitted now or when the engine has answered. */
  apply(event: ContainerEvent): void {
    const busy = this.#busy.get(event.id);
    if (busy === undefined && this.#applyNow(event)) return;
    const last = this.#applyAfter(busy?.last ?? null, event);
    this.#busy.set(event.id, { last, since: Math.min(busy?.since ?? event.at, event.at), event });
  }

  /** A container that a look at the engine found running. */
  adopt(details: ContainerDetails): void {
    const startedAt = details.startedAt;
    if (startedAt === null || !isAlive(details)) return;
    const run = this.#finder.fromDetails(details);
    const addressesFrom = this.#finder.addressesSince(details.id, startedAt);
    const known = this.#lives.get(details.id);
    if (known !== undefined && startedAt <= known.from + SAME_RUN_MS) {
      this.#emit(known.change(run, known.from, Math.max(known.from, addressesFrom)));
      return;
    }
    if (known !== undefined) {
      const slack = { lastSeen: known.from, firstMissing: startedAt };
      this.end(details.id, details.finishedAt ?? startedAt, details.finishedAt === null ? slack : undefined);
    }
    this.#begin(run, startedAt, addressesFrom);
  }

  /** It does not run any more. */
  end(id: string, at: Instant, slack?: Slack): void {
    const life = this.#lives.get(id);
    if (life === undefined) return;
    this.#lives.delete(id);
    this.#finder.ended(id, at);
    this.#emit(life.end(at, slack));
  }

  /** It is gone without a trace; a snapshot that does not show it says the rest. */
  drop(id: string): void {
    this.#lives.delete(id);
  }

  /** What needs no answer of the engine; false: it does. */
  #applyNow(event: ContainerEvent): boolean {
    switch (event.action) {
      case 'create':
        if (!this.#lives.has(event.id)) this.#finder.created(event.id);
        break;
      case 'start':
        return this.#isKnownStart(event);
      case 'die':
        this.#died(event);
        break;
      case 'remove':
        this.#died(event);
        this.#finder.removed(event.id);
        break;
      case 'pause':
      case 'unpause':
      case 'rename':
        this.#changed(event);
        break;
      case 'connect':
      case 'disconnect':
        if (this.#lives.has(event.id)) return false;
        this.#finder.networksChanged(event);
        break;
    }
    return true;
  }

  async #applyAfter(earlier: Promise<void> | null, event: ContainerEvent): Promise<void> {
    if (earlier !== null) {
      await earlier;
      if (this.#applyNow(event)) return this.#done(event);
    }
    if (event.action === 'start') await this.#started(event);
    else await this.#reconnected(event);
    this.#done(event);
  }

  #done(event: ContainerEvent): void {
    if (this.#busy.get(event.id)?.event === event) this.#busy.delete(event.id);
  }

  #isKnownStart(event: ContainerEvent): boolean {
    const life = this.#lives.get(event.id);
    return life !== undefined && event.at <= life.from + SAME_RUN_MS;
  }

  async #started(event: ContainerEvent): Promise<void> {
    const { run, addressesFrom } = await this.#finder.started(event);
    const known = this.#lives.get(event.id);
    // Its end was never reported: it lies between the last that is known and this start.
    if (known !== undefined) this.end(event.id, event.at, { lastSeen: known.from, firstMissing: event.at });
    this.#begin(run, event.at, addressesFrom);
  }

  #begin(run: ContainerRun, from: Instant, addressesFrom: Instant): void {
    const life = new Life(run, from, this.#reporter, this.#register);
    this.#lives.set(run.id, life);
    this.#emit(life.assertAll(addressesFrom));
  }

  /** An end from before this run began is an old event, heard again. */
  #died(event: ContainerEvent): void {
    const life = this.#lives.get(event.id);
    if (life !== undefined && event.at >= life.from) this.end(event.id, event.at);
  }

  #changed(event: ContainerEvent): void {
    const life = this.#lives.get(event.id);
    if (life === undefined || event.at < life.from) return;
    const paused = event.action === 'rename' ? life.run.paused : event.action === 'pause';
    const name = event.name === '' ? life.run.name : event.name;
    this.#emit(life.change({ ...life.run, paused, name }, event.at));
  }

  async #reconnected(event: ContainerEvent): Promise<void> {
    const details = await this.#finder.look(event.id);
    const life = this.#lives.get(event.id);
    if (details === null || !isAlive(details) || life === undefined) return;
    if (details.startedAt !== null && details.startedAt > life.from + SAME_RUN_MS) return;
    const { networks, addressed, addresses } = this.#finder.fromDetails(details);
    this.#emit(life.change({ ...life.run, networks, addressed, addresses }, event.at));
  }
}
