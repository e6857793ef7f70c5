import type { Clock, Flow, FlowEvent, Instant, Protocol, SourceAnswer, SourceData } from '#model';
import { formatInstant } from '#model';
import type { Engine } from '#engines';
import type { Graph } from '#graph';
import type { FlowSensor, SensorProbe } from '#sensors';
import type { FeedState, Recorder } from './recorder.ts';

/** A feed that says nothing for so long is stale; feeds send a watermark every half second. */
const STALE_AFTER_MS = 5000;

/**
 * A sampling sensor helps out until a look that began so long after the sensor of events began to
 * see all: on a busy machine looks are seconds apart.
 */
const BRIDGE_MS = 1000;

/** What a sensor lost is recorded at most this often: a flood of losses must not become a flood of facts. */
const LOSS_EVERY_MS = 2000;

const BROKEN = 'it failed inside of sheer, as the log says; `sheer down` and `sheer up` begin it anew';

export interface FeedsOptions {
  readonly engines: readonly Engine[];
  /** The best first; of those that see the same protocol the first that is usable is used. */
  readonly sensors: readonly FlowSensor[];
  readonly recorder: Recorder;
  readonly graph: Graph;
  readonly node: string;
  readonly clock: Clock;
  readonly onFlows: (source: string, flows: readonly Flow[]) => void;
  /** Flows that another sensor may have counted already. */
  readonly onBridgingFlows: (source: string, flows: readonly Flow[]) => void;
  /** Told when an engine or a sensor breaks its promise never to throw. */
  readonly broken: (source: string, error: unknown) => void;
}

/** Runs engines and sensors, and knows how each of them stands. */
export class Feeds {
  readonly #options: FeedsOptions;
  readonly #abort = new AbortController();
  readonly #running: Promise<void>[] = [];
  /** Losses that are not recorded yet. */
  readonly #losses = new Map<string, { count: number; reason: string; recordedAt: Instant }>();
  /** Those that have said how they stand since this start. */
  readonly #hasSpoken = new Set<string>();

  /** Connections that were opened before may be open still; the sensor of events knows nothing of them. */
  #bridgeUntil: Instant = Number.POSITIVE_INFINITY;
  /** When the last look began of a sampling sensor beside the one of events; null: there is none. */
  #helperLookedAt: Instant | null = null;

  constructor(options: FeedsOptions) {
    this.#options = options;
  }

  /** Starts every engine at once, then the sensors that are permitted here. */
  async start(): Promise<void> {
    for (const engine of this.#options.engines) this.#run(engine.id, this.#follow(engine));
    await this.#startSensors();
  }

  /** Follows nothing any more, and records nothing of it. */
  async end(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#running);
  }

  async stop(): Promise<void> {
    await this.end();
    for (const id of this.#losses.keys()) this.#recordLoss(id);
    for (const { id, data } of [...this.#options.graph.all('source')]) {
      if (data.state !== 'live') continue;
      this.#record(id, { ...data, state: 'stopped', reason: 'the control plane was stopped' });
    }
  }

  /** After a start: whatever was live when the control plane was last seen alive has a gap since. */
  markDowntime(watermarks: ReadonlyMap<string, Instant>): void {
    for (const { id, data, since } of [...this.#options.graph.all('source')]) {
      const at = watermarks.get(id);
      if (at !== undefined) this.#options.recorder.feed(id).watermark = at;
      if (data.state !== 'live') continue;
      const reason = 'the control plane was not running';
      this.#options.recorder.observe(id, [{ kind: 'gap', at: at ?? since, reason, lost: 0 }]);
      // It has not been heard in this life yet.
      this.#options.recorder.feed(id).heardAt = Number.NEGATIVE_INFINITY;
    }
  }

  /**
   * Up to when every live engine has reported, and the graph has followed: what happened before can
   * be attributed.
   */
  settledUntil(): Instant {
    const now = this.#options.clock();
    let settled = Math.min(now, this.#options.recorder.waitingSince);
    for (const { id } of this.#options.engines) {
      const feed = this.#options.recorder.feed(id);
      const isLive = this.#stateOf(id) === 'live' && now - feed.heardAt < STALE_AFTER_MS;
      if (isLive) settled = Math.min(settled, feed.watermark);
    }
    return settled;
  }

  /** Up to when a sensor that sees both sockets of a local connection has reported both; of others: now. */
  halvesUntil(source: string): Instant {
    const sensor = this.#options.sensors.find(({ id }) => id === source);
    const seesHalves = sensor?.capabilities.connections === 'every' && sensor.capabilities.holders === 'both';
    return seesHalves ? this.#options.recorder.feed(source).watermark : this.#options.clock();
  }

  /** Whether a sampling sensor may report what the sensor of events has reported, too. */
  get bridging(): boolean {
    return this.#helperLookedAt !== null && this.#helperLookedAt < this.#bridgeUntil;
  }

  /** Every source that was ever heard of, as it stands now. */
  answers(): readonly SourceAnswer[] {
    const { graph, recorder, clock } = this.#options;
    const now = clock();
    return [...graph.all('source')].map(({ id, data }) => {
      if (this.#isStarting(id, data)) return starting(id, data, recorder.aliveCount(id, 'instance'));
      const feed = recorder.feed(id);
      const heard = Number.isFinite(feed.heardAt);
      const isFollowed = data.kind !== 'person' && data.state === 'live';
      const state = isFollowed && now - feed.heardAt > STALE_AFTER_MS ? 'stale' : data.state;
      return {
        id,
        kind: data.kind,
        description: data.description,
        state,
        reason:
          state === 'stale' ? `nothing heard for ${Math.round((now - feed.heardAt) / 1000)} s` : data.reason,
        lost: data.lost + (this.#losses.get(id)?.count ?? 0),
        lastHeard: heard ? formatInstant(feed.heardAt) : null,
        ageMs: heard ? Math.max(0, Math.round(now - feed.heardAt)) : null,
        things: data.kind === 'engine' ? recorder.aliveCount(id, 'instance') : null,
      };
    });
  }

  /** What is known of it is how it stood when the control plane ended. */
  #isStarting(id: string, { state }: SourceData): boolean {
    const { engines, sensors } = this.#options;
    if (this.#abort.signal.aborted || ![...engines, ...sensors].some((feed) => feed.id === id)) return false;
    return state === 'stopped' || !this.#hasSpoken.has(id);
  }

  /** A feed that fails inside has a gap from then on; the others go on. */
  #run(id: string, feed: Promise<void>): void {
    const ended = feed.catch((error: unknown) => {
      this.#options.broken(id, error);
      this.#hasSpoken.add(id);
      if (this.#stateOf(id) === null) this.#record(id, inactive(id, BROKEN));
      const at = this.#options.clock();
      this.#options.recorder.observe(id, [{ kind: 'gap', at, reason: BROKEN, lost: 0 }]);
    });
    this.#running.push(ended);
  }

  async #probe(sensor: FlowSensor): Promise<SensorProbe> {
    try {
      return await sensor.probe();
    } catch (error) {
      this.#options.broken(sensor.id, error);
      return { usable: false, reason: BROKEN };
    }
  }

  async #follow(engine: Engine): Promise<void> {
    for await (const batch of engine.observe(this.#abort.signal)) {
      this.#options.recorder.observe(engine.id, batch);
      this.#hasSpoken.add(engine.id);
    }
  }

  async #startSensors(): Promise<void> {
    const covered = new Map<Protocol, FlowSensor>();
    for (const sensor of this.#options.sensors) {
      const probe = await this.#probe(sensor);
      if (!probe.usable) {
        this.#record(sensor.id, inactive(sensor.id, probe.reason));
        continue;
      }
      const { protocols, connections } = sensor.capabilities;
      // A protocol is one sensor's alone: two would count every connection twice.
      const own = new Set(protocols.filter((protocol) => !covered.has(protocol)));
      const bridged = new Set(
        protocols.filter(
          (protocol) =>
            connections === 'sampled' && covered.get(protocol)?.capabilities.connections === 'every',
        ),
      );
      if (own.size === 0 && bridged.size === 0) {
        this.#record(sensor.id, inactive(probe.description, 'a better sensor sees the same'));
        continue;
      }
      for (const protocol of own) covered.set(protocol, sensor);
      if (bridged.size > 0) this.#helperLookedAt = Number.NEGATIVE_INFINITY;
      this.#run(sensor.id, this.#sense(sensor, own, bridged));
    }
  }

  /**
   * `own`: what only this sensor counts. `bridged`: what a sensor of events counts, which knows
   * nothing of connections that were opened before it began to look; there this one helps out.
   */
  async #sense(
    sensor: FlowSensor,
    own: ReadonlySet<Protocol>,
    bridged: ReadonlySet<Protocol>,
  ): Promise<void> {
    // Another that sees every packet, but not every socket, says nothing of what this one has seen.
    const isEverything = own.has('tcp') && sensor.capabilities.connections === 'every';
    for await (const batch of sensor.observe(this.#abort.signal)) {
      const feed = this.#options.recorder.feed(sensor.id);
      feed.heardAt = this.#options.clock();
      // What a sampling sensor misses, the one that sees everything has counted.
      const heard = bridged.size === 0 ? batch : batch.flatMap(withoutLoss);
      for (const event of heard) this.#hear(sensor.id, feed, event, isEverything);
      const flows = batch.filter((event) => event.kind === 'flow');
      const counted = flows.filter((flow) => own.has(flow.protocol));
      const helping = flows.filter((flow) => bridged.has(flow.protocol));
      if (counted.length > 0) this.#options.onFlows(sensor.id, counted);
      if (helping.length > 0 && this.bridging) this.#options.onBridgingFlows(sensor.id, helping);
      if (bridged.size > 0) this.#helperLookedAt = feed.watermark;
    }
  }

  #hear(id: string, feed: FeedState, event: FlowEvent, isEverything: boolean): void {
    switch (event.kind) {
      case 'watermark':
        feed.watermark = Math.max(feed.watermark, event.at);
        if (isEverything && this.#bridgeUntil === Number.POSITIVE_INFINITY)
          this.#bridgeUntil = feed.heardAt + BRIDGE_MS;
        return;
      case 'state':
        if (isEverything && event.data.state !== 'live') this.#bridgeUntil = Number.POSITIVE_INFINITY;
        this.#record(id, { ...event.data, lost: Math.max(event.data.lost, this.#lostOf(id)) });
        return;
      case 'lost':
        this.#lose(id, event.count, event.reason);
        return;
      case 'flow':
        return;
    }
  }

  #lose(id: string, count: number, reason: string): void {
    const now = this.#options.clock();
    const loss = this.#losses.get(id) ?? { count: 0, reason, recordedAt: Number.NEGATIVE_INFINITY };
    loss.count += count;
    loss.reason = reason;
    this.#losses.set(id, loss);
    if (now - loss.recordedAt >= LOSS_EVERY_MS) this.#recordLoss(id);
  }

  #recordLoss(id: string): void {
    const loss = this.#losses.get(id);
    const known = this.#options.graph.one('source', id)?.data;
    if (loss === undefined || loss.count === 0 || known === undefined) return;
    this.#record(id, { ...known, lost: known.lost + loss.count, reason: loss.reason });
    loss.count = 0;
    loss.recordedAt = this.#options.clock();
  }

  #record(id: string, data: SourceData): void {
    this.#hasSpoken.add(id);
    this.#options.recorder.sourceState(id, data, this.#options.clock());
  }

  #lostOf(id: string): number {
    return this.#options.graph.one('source', id)?.data.lost ?? 0;
  }

  #stateOf(id: string): SourceData['state'] | null {
    return this.#options.graph.one('source', id)?.data.state ?? null;
  }
}

const inactive = (description: string, reason: string): SourceData => ({
  kind: 'sensor',
  state: 'inactive',
  reason,
  description,
  lost: 0,
});

const starting = (id: string, data: SourceData, instances: number): SourceAnswer => ({
  id,
  kind: data.kind,
  description: data.description,
  state: 'starting',
  reason: null,
  lost: 0,
  lastHeard: null,
  ageMs: null,
  things: data.kind === 'engine' ? instances : null,
});

/** Of a sensor that only helps out. */
function withoutLoss(event: FlowEvent): readonly FlowEvent[] {
  if (event.kind === 'lost') return [];
  if (event.kind !== 'state' || event.data.state !== 'live') return [event];
  return [{ ...event, data: { ...event.data, lost: 0, reason: null } }];
}
