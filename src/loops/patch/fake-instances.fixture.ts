import type { Instant } from '#model';
import type { FakeImage } from './fake-images.fixture.ts';
import type { RunningInstance, RunningInstances } from './questions.ts';

interface Life {
  readonly instance: RunningInstance;
  until: Instant;
}

/** What runs, and ran, as a test says. */
export class FakeInstances implements RunningInstances {
  readonly #clock: () => Instant;
  readonly #lives: Life[] = [];
  #listeners: ((instance: string | null) => void)[] = [];
  #pid = 100;

  constructor(clock: () => Instant) {
    this.#clock = clock;
  }

  at(at: Instant | null): readonly RunningInstance[] {
    return this.#lives
      .filter(({ instance, until }) =>
        at === null ? until === Infinity : instance.since <= at && at < until,
      )
      .map(({ instance }) => instance);
  }

  one(id: string): RunningInstance | null {
    return (
      this.#lives.find(({ instance, until }) => instance.id === id && until === Infinity)?.instance ?? null
    );
  }

  watch(listener: (instance: string | null) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** As after a kill: nobody is told any more. */
  watchNobody(): void {
    this.#listeners = [];
  }

  /** @param service `environment/application/name`; the application is its team */
  start(name: string, image: FakeImage | null, service: string): string {
    const id = `container:${name}`;
    const [environment = null, team = null] = service.split('/');
    const instance: RunningInstance = {
      id,
      name,
      kind: 'container',
      engine: 'podman',
      node: 'n',
      pid: this.#pid++,
      service,
      team,
      environment,
      images: [{ name: image?.name ?? 'unknown:latest', id: image?.id ?? null }],
      since: this.#clock(),
    };
    this.#lives.push({ instance, until: Infinity });
    this.#tell(id);
    return id;
  }

  stop(id: string): void {
    for (const life of this.#lives)
      if (life.instance.id === id && life.until === Infinity) life.until = this.#clock();
    this.#tell(id);
  }

  pidOf(id: string): number {
    return this.one(id)?.pid ?? 0;
  }

  #tell(id: string): void {
    for (const listener of this.#listeners) listener(id);
  }
}
