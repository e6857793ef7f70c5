import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Flow, FlowEvent } from '#model';
import type { FlowSensor } from './sensor.ts';

/** How one implementation is put to the test. */
export interface SensorCase {
  /** A sensor that can work here. */
  create(): FlowSensor;
  /** Makes something that it must report, somewhere of the test's own; returns how to know it. */
  traffic(): Promise<(flow: Flow) => boolean>;
}

/** The contract of `sensor.ts`. */
export function describeSensor(name: string, subject: SensorCase): void {
  describe(`${name} as a flow sensor`, () => {
    it('is usable here and says what it is', async () => {
      const probe = await subject.create().probe();
      assert.equal(probe.usable, true, probe.usable ? '' : probe.reason);
    });

    it('comes to life, reports traffic, and watermarks that pass it', async () => {
      await using observed = new ObservedSensor(subject.create());
      await observed.until('live', isLive);
      const expected = await subject.traffic();
      const flow = await observed.until('the flow', (event) => event.kind === 'flow' && expected(event));
      assert.equal(flow.kind, 'flow');
      await observed.until(
        'a watermark past the flow',
        (event) => event.kind === 'watermark' && event.at > flow.at,
      );
    });

    it('ends when it is told to, and leaves no helper process', async () => {
      const sensor = subject.create();
      const observed = new ObservedSensor(sensor);
      await observed.until('live', isLive);
      const pid = sensor.helperPid?.() ?? null;
      await observed.stop();
      assert.equal(sensor.helperPid?.() ?? null, null);
      if (pid !== null) assert.equal(isAlive(pid), false);
    });

    it('reports a helper that was killed as a gap, and comes back', async () => {
      const sensor = subject.create();
      if (sensor.capabilities.helper === null) return;
      await using observed = new ObservedSensor(sensor);
      await observed.until('live', isLive);
      const pid = sensor.helperPid?.();
      assert.ok(typeof pid === 'number');
      process.kill(pid, 'SIGKILL');
      const gap = await observed.until(
        'a gap',
        (event) => event.kind === 'state' && event.data.state === 'gap',
      );
      assert.ok(gap.kind === 'state' && gap.data.reason !== null);
      await observed.until('live again', isLive);
      const expected = await subject.traffic();
      await observed.until('the flow', (event) => event.kind === 'flow' && expected(event));
    });
  });
}

const isLive = (event: FlowEvent): boolean => event.kind === 'state' && event.data.state === 'live';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Far more than anything here takes; a test that hangs ends with the name of what it waited for. */
const PATIENCE_MS = 60_000;

/** Runs a sensor in the background and keeps everything that it reports. */
export class ObservedSensor implements AsyncDisposable {
  readonly events: FlowEvent[] = [];
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #wake = Promise.withResolvers<void>();
  /** Events before this one have been looked at by {@link until}. */
  #seen = 0;

  constructor(sensor: FlowSensor) {
    this.#done = this.#collect(sensor);
  }

  get flows(): readonly Flow[] {
    return this.events.filter((event) => event.kind === 'flow');
  }

  get lost(): number {
    return this.events.reduce((sum, event) => sum + (event.kind === 'lost' ? event.count : 0), 0);
  }

  /** The next event, after the last that was waited for, of which this is true. */
  async until(what: string, matches: (event: FlowEvent) => boolean): Promise<FlowEvent> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    const { promise: expired, reject } = Promise.withResolvers<never>();
    deadline.addEventListener('abort', () => reject(new Error(`waited in vain for ${what}`)), { once: true });
    for (;;) {
      for (; this.#seen < this.events.length; this.#seen += 1) {
        const event = this.events[this.#seen];
        if (event === undefined || !matches(event)) continue;
        this.#seen += 1;
        return event;
      }
      await Promise.race([this.#wake.promise, expired]);
    }
  }

  /** Everything that happened before now has been reported. */
  async settled(): Promise<void> {
    const now = Date.now();
    await this.until('a watermark past now', (event) => event.kind === 'watermark' && event.at > now);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #collect(sensor: FlowSensor): Promise<void> {
    for await (const batch of sensor.observe(this.#abort.signal)) {
      for (const event of batch) this.events.push(event);
      this.#wake.resolve();
      this.#wake = Promise.withResolvers<void>();
    }
  }
}
