import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '#engines';
import { containerInstanceId, type AddressData, type InstanceData, type Observation } from '#model';
import { intervals, type ObservedInterval } from './observed-runs.ts';

/** What may differ on a busy machine; nothing here measures time. */
const PATIENCE_MS = 60_000;

/** Observes an engine from now on, and tells what is known of its containers, by their own ids. */
export class ObservedLives {
  readonly seen: Observation[] = [];
  readonly #stop = new AbortController();
  readonly #observing: Promise<void>;

  constructor(engine: Engine) {
    this.#observing = this.#observe(engine);
  }

  /** Waits until everything up to now has been reported. */
  async reported(): Promise<void> {
    const now = Date.now();
    const isProven = (): boolean => this.seen.some((each) => each.kind === 'watermark' && each.at >= now);
    for (let waitedMs = 0; !isProven(); waitedMs += 20) {
      assert.ok(waitedMs < PATIENCE_MS, 'no watermark came');
      await delay(20);
    }
  }

  runs(id: string): readonly ObservedInterval<InstanceData>[] {
    return intervals<InstanceData>(this.seen, 'instance').get(containerInstanceId(id)) ?? [];
  }

  /** Every address that it has, or had. */
  held(id: string): readonly ObservedInterval<AddressData>[] {
    return [...intervals<AddressData>(this.seen, 'address').values()]
      .flat()
      .filter(({ data }) => data.holder.id === containerInstanceId(id));
  }

  /** The addresses of its own that it has now: `SCOPE IP`. */
  open(id: string): readonly string[] {
    return this.held(id)
      .filter(({ until, data }) => until === Number.POSITIVE_INFINITY && data.port === null)
      .map(({ data }) => `${data.scope} ${data.ip}`)
      .toSorted();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#observing;
  }

  async #observe(engine: Engine): Promise<void> {
    for await (const batch of engine.observe(this.#stop.signal)) this.seen.push(...batch);
  }
}
