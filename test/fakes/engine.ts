import type { EngineCapabilities, Engine } from '#engines';
import type { FlowEvent, Observation } from '#model';
import type { FlowSensor } from '#sensors';

/** Batches that somebody pushes and somebody else iterates over. */
class Feed<T> {
  readonly #batches: (readonly T[] | Error)[] = [];
  #wake: (() => void) | null = null;

  /** An error: what the feed fails with, against its contract. */
  push(batch: readonly T[] | Error): void {
    this.#batches.push(batch);
    this.#wake?.();
  }

  async *read(signal: AbortSignal): AsyncIterable<readonly T[]> {
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
    while (!signal.aborted) {
      const batch = this.#batches.shift();
      if (batch instanceof Error) throw batch;
      if (batch !== undefined) yield batch;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** An engine that reports what a test tells it to. */
export class FakeEngine implements Engine {
  readonly id: string;
  readonly capabilities: EngineCapabilities = {
    instances: 'container',
    images: true,
    changes: 'events',
    shortLived: 'always',
    shortLivedAddresses: 'always',
    actions: 'none',
  };
  readonly #feed = new Feed<Observation>();

  constructor(id = 'podman') {
    this.id = id;
  }

  report(...batch: readonly Observation[]): void {
    this.#feed.push(batch);
  }

  break(error: Error): void {
    this.#feed.push(error);
  }

  observe(signal: AbortSignal): AsyncIterable<readonly Observation[]> {
    return this.#feed.read(signal);
  }
}

/** A sensor that sees what a test tells it to. */
export class FakeSensor implements FlowSensor {
  readonly id: string;
  readonly capabilities: FlowSensor['capabilities'] = {
    protocols: ['tcp'],
    connections: 'every',
    bytes: true,
    holders: 'both',
    translation: false,
    needsRoot: false,
    helper: null,
  };
  readonly #feed = new Feed<FlowEvent>();

  constructor(id = 'tcp') {
    this.id = id;
  }

  probe(): ReturnType<FlowSensor['probe']> {
    return Promise.resolve({ usable: true, description: 'fake' });
  }

  see(...batch: readonly FlowEvent[]): void {
    this.#feed.push(batch);
  }

  break(error: Error): void {
    this.#feed.push(error);
  }

  observe(signal: AbortSignal): AsyncIterable<readonly FlowEvent[]> {
    return this.#feed.read(signal);
  }
}
