import type { Readable } from 'node:stream';
import type { Instant, Observation } from '#model';

/**
 * Something that runs workloads. Attaching is reading: nothing that an engine does while it
 * observes changes what it observes (invariant 5).
 *
 * Every implementation runs `engine.conformance.ts`.
 */
export interface Engine {
  /** The source id of its facts: `podman`, `docker`, `processes`. */
  readonly id: string;
  readonly capabilities: EngineCapabilities;

  /**
   * Reports what runs, then every change, until `signal` aborts. First a `state`, then a snapshot
   * between its marks, then changes, with a `watermark` at least every 500 ms while it is live.
   *
   * It never throws and never ends by itself: when the engine can't be reached it reports a `gap`
   * (before the first contact a `state` of `inactive`) with a reason that names the next step,
   * tries again with backoff, and takes a new snapshot once it is back.
   *
   * One observer at a time.
   */
  observe(signal: AbortSignal): AsyncIterable<readonly Observation[]>;

  /**
   * Told of a process that a flow sensor saw connecting, so that an engine that watches processes
   * knows it even when it is gone at the next look. Must return at once.
   */
  witness?(process: WitnessedProcess): void;

  /**
   * The instance that answers for a process at `at`: itself, the server that forked it as a worker,
   * or its container. Knows processes that ended within the last minute. Null: none is known (yet).
   * `startTicks` may be that of one of its threads, or null where the sensor can't know it.
   */
  instanceOfProcess?(pid: number, startTicks: number | null, at: Instant): string | null;

  /**
   * The archive of an image from its store, as the engine's own `save` would write it: docker's, an OCI
   * layout, or both in one. It takes an instant or minutes; whoever asks reads it to its end or destroys
   * it. Null: it does not have the image. Rejects with an error of remedy `retry` when it can't be asked.
   */
  exportImage?(id: string, signal: AbortSignal): Promise<Readable | null>;
}

export interface WitnessedProcess {
  readonly pid: number;
  readonly startTicks: number | null;
  readonly command: string;
  readonly at: Instant;
}

/** Declared data; nobody ever asks which engine it is. Printed by `sheer capabilities`. */
export interface EngineCapabilities {
  readonly instances: 'container' | 'process';
  /** Whether it knows images. */
  readonly images: boolean;
  /** How soon a change is known. */
  readonly changes: 'events' | 'polling';
  /** Whether instances that lived a moment are known: all, or those that were there at a look. */
  readonly shortLived: 'always' | 'sampled';
  /** Whether their addresses are known. */
  readonly shortLivedAddresses: 'always' | 'best-effort' | 'not-applicable';
  readonly actions: 'none';
}
