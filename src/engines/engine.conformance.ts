import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Instant, Observation } from '#model';
import type { Engine } from './engine.ts';

/** Generous, for machines that do other things: nothing here measures time. */
const PATIENCE_MS = 60_000;

/** Drives a real engine, or a faithful fake, from outside. */
export interface EngineHarness {
  readonly engine: Engine;
  /** Starts an instance that stays; its instance id. */
  start(): Promise<string>;
  stop(instance: string): Promise<void>;
  /** Starts and ends this many instances in quick succession; their instance ids. */
  storm(count: number): Promise<readonly string[]>;
  readonly stormSize: number;
  /** Breaks the connection that the engine observes through; it comes back. Null: there is none. */
  readonly dropConnection: (() => Promise<void>) | null;
  /** Restarts what is observed; instances go on. Null: it can't be restarted. */
  readonly restartEngine: (() => Promise<void>) | null;
  /** Instances that run, with something that changes when they are touched: start time and the like. */
  inventory(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** What every engine has to do, whatever it runs. */
export function engineConformance(name: string, open: () => Promise<EngineHarness>): void {
  describe(`engine contract: ${name}`, () => {
    let harness: EngineHarness;
    let observer: Observer;
    let first: string;
    let untouched: Readonly<Record<string, string>>;

    const teardown = new AsyncDisposableStack();
    before(async () => {
      harness = await open();
      teardown.defer(() => harness.close());
      first = await harness.start();
      untouched = await harness.inventory();
      observer = new Observer(harness.engine);
      teardown.defer(() => observer.stop());
    });
    after(() => teardown.disposeAsync());

    it('begins with a state and a snapshot that shows what runs already', async () => {
      await observer.until('a snapshot', (seen) => seen.some(({ kind }) => kind === 'snapshot-end'));
      const kinds = observer.seen.map(({ kind }) => kind);
      assert.equal(kinds[0], 'state');
      const [begin, end] = [kinds.indexOf('snapshot-begin'), kinds.indexOf('snapshot-end')];
      const shown = observer.seen.slice(begin, end).some((each) => concerns(each, 'assert', first));
      assert.ok(shown, 'the instance that ran before is in the snapshot');
    });

    it('reports a start and a stop, in this order', async () => {
      const id = await harness.start();
      await observer.until('its start', (seen) => seen.some((each) => concerns(each, 'assert', id)));
      await harness.stop(id);
      await observer.until('its end', (seen) => seen.some((each) => concerns(each, 'end', id)));
      assert.ok(validFrom(observer, 'assert', id) < validFrom(observer, 'end', id));
    });

    it('proves again and again up to when it has reported, never going back', async () => {
      const count = (seen: readonly Observation[]): number =>
        seen.filter(({ kind }) => kind === 'watermark').length;
      const earlier = count(observer.seen);
      await observer.until('more watermarks', (seen) => count(seen) >= earlier + 3);
      const marks = observer.seen.flatMap((each) => (each.kind === 'watermark' ? [each.at] : []));
      assert.deepEqual(
        marks,
        marks.toSorted((left, right) => left - right),
      );
    });

    it('knows every instance of a storm, and that it ended', async () => {
      const ids = await harness.storm(harness.stormSize);
      assert.equal(ids.length, harness.stormSize);
      const done = (seen: readonly Observation[]): boolean => {
        const ended = new Set(seen.flatMap((each) => (each.kind === 'end' ? [each.subject.id] : [])));
        return ids.every((id) => ended.has(id));
      };
      await observer.until('the end of every instance', done);
      for (const id of ids)
        assert.ok(validFrom(observer, 'assert', id) <= validFrom(observer, 'end', id), id);
    });

    it('says that there was a gap when the connection drops, and misses nothing', async (test) => {
      if (harness.dropConnection === null) {
        test.diagnostic('it has no connection');
        return;
      }
      const mark = observer.seen.length;
      await harness.dropConnection();
      const id = await harness.start();
      await expectResync(observer, mark);
      await observer.until('what was started meanwhile', (seen) =>
        seen.some((each) => concerns(each, 'assert', id)),
      );
    });

    it('survives a restart of the engine, and no instance ends by it', async (test) => {
      if (harness.restartEngine === null) {
        test.diagnostic('it can not be restarted');
        return;
      }
      const mark = observer.seen.length;
      await harness.restartEngine();
      await expectResync(observer, mark);
      assert.ok(!observer.seen.some((each) => concerns(each, 'end', first)));
      const id = await harness.start();
      await observer.until('a start after it', (seen) => seen.some((each) => concerns(each, 'assert', id)));
    });

    it('has touched nothing', async () => {
      const now = await harness.inventory();
      for (const [id, state] of Object.entries(untouched)) assert.equal(now[id], state, id);
    });

    it('ends when it is told to', async () => {
      await observer.stop();
      assert.equal(observer.failure, null);
    });
  });
}

/** Reads an engine's observations and keeps them. */
class Observer {
  readonly seen: Observation[] = [];
  failure: unknown = null;
  readonly #stop = new AbortController();
  readonly #reading: Promise<void>;

  constructor(engine: Engine) {
    this.#reading = this.#read(engine);
  }

  async until(what: string, reached: (seen: readonly Observation[]) => boolean): Promise<void> {
    for (let waitedMs = 0; !reached(this.seen); waitedMs += 20) {
      assert.equal(this.failure, null, 'observe threw');
      if (waitedMs > PATIENCE_MS) assert.fail(`never came: ${what}`);
      await delay(20);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#reading;
  }

  async #read(engine: Engine): Promise<void> {
    try {
      for await (const batch of engine.observe(this.#stop.signal)) this.seen.push(...batch);
    } catch (error) {
      this.failure = error;
    }
  }
}

async function expectResync(observer: Observer, mark: number): Promise<void> {
  await observer.until('a gap, then a snapshot', (seen) => {
    const news = seen.slice(mark).map(({ kind }) => kind);
    const gap = news.indexOf('gap');
    return gap !== -1 && news.indexOf('snapshot-end', gap) !== -1;
  });
}

function concerns(observation: Observation, kind: 'assert' | 'end', id: string): boolean {
  return (
    observation.kind === kind && observation.subject.kind === 'instance' && observation.subject.id === id
  );
}

function validFrom(observer: Observer, kind: 'assert' | 'end', id: string): Instant {
  const found = observer.seen.find((each) => concerns(each, kind, id));
  assert.ok(found !== undefined && 'validFrom' in found, `${kind} of ${id}`);
  return found.validFrom;
}
