import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Instant, Observation } from '#model';
import { ContainersError } from './containers-error.ts';
import type { ContainerTracker } from './container-tracker.ts';
import type { EngineApi } from './engine-api.ts';
import type { EventIntake } from './event-intake.ts';
import type { ImageCatalogue } from './image-catalogue.ts';
import type { StreamLine } from './lines.ts';
import type { ObservationQueue } from './observation-queue.ts';
import type { PreparedRuns } from './prepared-runs.ts';
import { reportSnapshot } from './snapshot.ts';
import type { EngineEvent } from './wire-event.ts';

/** Under the 500 ms that the contract gives a watermark. */
const PING_EVERY_MS = 400;
const PING_TIMEOUT_MS = 5000;

/**
 * How long the engine may keep an event to itself. Docker hands it on at once; podman's API looks at
 * its log every 250 ms (12 to 211 ms measured).
 */
const EVENT_LAG_MS = { docker: 100, podman: 350 } as const;

/** On a busy machine; what the last connection has not delivered within this is asked for again. */
const EVENT_LAG_MS_MAX = 1000;

/** A clock that runs this much faster or slower than the monotonic one between two pings was set. */
const CLOCK_STEP_MS = 1000;

/** Changes of images follow each other: a build, a pull; podman reports a pull at every run. */
const IMAGES_SETTLE_MS = 1000;

/** Events may pile up while a snapshot is taken, but not without bound. */
const BACKLOG_MAX = 100_000;

export interface SessionParts {
  readonly api: EngineApi;
  readonly tracker: ContainerTracker;
  readonly images: ImageCatalogue;
  readonly prepared: PreparedRuns;
  readonly intake: EventIntake;
  readonly queue: ObservationQueue;
  readonly clock: Clock;
  readonly socketPath: string;
  /** Aborts when this connection is given up. */
  readonly signal: AbortSignal;
}

/** One connection, from its first question to its end. */
export class Session {
  readonly #parts: SessionParts;
  readonly #backlog: EngineEvent[] = [];
  #live = false;
  #imagesAt: Instant | null = null;
  #watermark: Instant;

  /** `since`: up to when everything has been reported already. */
  constructor(parts: SessionParts, since: Instant) {
    this.#parts = parts;
    this.#watermark = since;
  }

  /** Everything before this has been reported. */
  get watermark(): Instant {
    return this.#watermark;
  }

  /** Takes a snapshot, then follows every change. Never resolves: it throws when the connection ends. */
  async run(becameLive: () => void): Promise<never> {
    // `since` is in whole seconds; what is heard twice is left out.
    const since = Math.floor((this.#watermark - EVENT_LAG_MS_MAX) / 1000);
    this.#parts.intake.begin(since * 1000);
    const failed = this.#follow(await this.#parts.api.events(since));
    // Its failure is awaited below; without this it would count as unhandled until then.
    failed.catch(() => {});
    await Promise.race([this.#snapshot(), failed]);
    becameLive();
    return Promise.race([failed, this.#pings(), this.#imageChanges()]);
  }

  async #follow(stream: AsyncIterable<readonly StreamLine[]>): Promise<never> {
    for await (const lines of stream) {
      const events = this.#parts.intake.read(lines);
      if (!this.#live) this.#keep(events);
      else for (const event of events) this.#apply(event);
      await this.#parts.queue.room();
    }
    throw new ContainersError(
      'interrupted',
      `the engine at ${this.#parts.socketPath} ended its event stream`,
      {
        next: 'it is tried again by itself',
      },
    );
  }

  #keep(events: readonly EngineEvent[]): void {
    for (const event of events) this.#backlog.push(event);
    if (this.#backlog.length <= BACKLOG_MAX) return;
    throw new ContainersError(
      'too-large',
      `more than ${BACKLOG_MAX} events came while containers were listed`,
      {
        next: 'it is tried again by itself',
      },
    );
  }

  async #snapshot(): Promise<void> {
    const { queue, clock } = this.#parts;
    const at = clock();
    queue.push([{ kind: 'snapshot-begin', at }]);
    await reportSnapshot(this.#parts, at, this.#backlog);
    queue.push([{ kind: 'snapshot-end', at }]);
    this.#live = true;
    for (const event of this.#backlog) this.#apply(event);
    this.#backlog.length = 0;
  }

  #apply(event: EngineEvent): void {
    const { tracker, prepared } = this.#parts;
    if (event.kind === 'image') this.#imagesAt = event.at;
    if (event.kind !== 'container') return;
    if (event.action === 'start' || event.action === 'remove') prepared.settled(event.id, event.at);
    tracker.apply(event);
  }

  /** A ping that is answered proves that the engine still reports; only then does time move on. */
  async #pings(): Promise<never> {
    const { api, clock, queue } = this.#parts;
    let drift = clock() - performance.now();
    for (;;) {
      const sentAt = clock();
      await api.ping(PING_TIMEOUT_MS);
      queue.push([this.#advance(sentAt)]);
      await delay(PING_EVERY_MS, undefined, { signal: this.#parts.signal });
      const now = clock() - performance.now();
      if (Math.abs(now - drift) > CLOCK_STEP_MS) throw clockMoved(now - drift);
      drift = now;
    }
  }

  #advance(provenAt: Instant): Observation {
    const { api, tracker, prepared, clock } = this.#parts;
    const at = Math.min(
      provenAt - EVENT_LAG_MS[api.version.product],
      tracker.oldestPending,
      prepared.oldest(clock()),
    );
    this.#watermark = Math.max(this.#watermark, at);
    return { kind: 'watermark', at: this.#watermark };
  }

  async #imageChanges(): Promise<never> {
    for (;;) {
      await delay(IMAGES_SETTLE_MS, undefined, { signal: this.#parts.signal });
      const at = this.#imagesAt;
      if (at === null) continue;
      this.#imagesAt = null;
      this.#parts.queue.push(await this.#parts.images.changes(at));
    }
  }
}

const clockMoved = (byMs: number): ContainersError =>
  new ContainersError(
    'clock-moved',
    `the clock was set ${byMs > 0 ? 'forward' : 'back'} by ${Math.round(Math.abs(byMs))} ms`,
    {
      next: 'everything is read again by itself',
    },
  );
