import {
  containerInstanceId,
  loopbackScope,
  processInstanceId,
  unmapped,
  type Clock,
  type Flow,
  type FlowEnd,
  type Instant,
} from '#model';
import type { Located, Locator, Place } from '#graph';
import { nodeHolder, INTERNET, type AttributedEnd, type AttributedFlow } from './attributed-flow.ts';
import { HalfBook } from './half-book.ts';

/** Attribution waits this long for feeds to report what held when the flow was opened. */
const WAIT_MS_MAX = 2000;

/** A server half whose client half never came is its own flow after this. */
const HALF_WAIT_MS = 1000;

/** The server's side of a handshake ends at most this much after the client's, unless packets are lost. */
const HANDSHAKE_MS_MAX = 50;

export interface FlowAttributorOptions {
  readonly locator: Locator;
  readonly clock: Clock;
  readonly bootId: string;
  /** Up to when every live engine has reported. */
  readonly settledUntil: () => Instant;
  /** Up to when a sensor that sees both halves of a connection has reported; others: now. */
  readonly halvesUntil: (source: string) => Instant;
  /** The instance that answers for a process, workers included; null: not known. */
  readonly instanceOfProcess: (pid: number, startTicks: number | null, at: Instant) => string | null;
  readonly subjectOf: (holder: number) => { readonly kind: string; readonly id: string };
}

interface Waiting {
  readonly source: string;
  readonly flow: Flow;
  readonly receivedAt: Instant;
}

/** A flow, and whether every engine had reported what held then when it was named. */
interface Naming {
  readonly flow: Flow;
  readonly settled: boolean;
}

/**
 * Names both ends of each flow as of its own time. What the kernel says of a socket's owner comes
 * first; an address is looked up only where it doesn't, and only once every feed has reported up to
 * the flow's time, so that a reused address is never named by its earlier holder.
 */
export class FlowAttributor {
  readonly #options: FlowAttributorOptions;
  readonly #halves = new HalfBook();
  #waiting: Waiting[] = [];

  constructor(options: FlowAttributorOptions) {
    this.#options = options;
  }

  /** How many flows are `pending`. */
  get pending(): number {
    return this.#waiting.length;
  }

  accept(source: string, flow: Flow): void {
    if (flow.seenFrom === 'server') this.#halves.add(flow);
    this.#waiting.push({ source, flow, receivedAt: this.#options.clock() });
  }

  /** The flows that can be named by now, in the order in which they came. */
  settle(): readonly AttributedFlow[] {
    const now = this.#options.clock();
    const settled = this.#options.settledUntil();
    const ripe: Waiting[] = [];
    const unripe: Waiting[] = [];
    for (const one of this.#waiting) {
      const patienceMs = WAIT_MS_MAX + (one.flow.seenFrom === 'server' ? HALF_WAIT_MS : 0);
      const due = this.#isComplete(one, settled) || one.receivedAt + patienceMs <= now;
      (due ? ripe : unripe).push(one);
    }
    this.#waiting = unripe;
    const named: AttributedFlow[] = [];
    // Client halves first: they take their server halves along.
    for (const one of ripe) if (one.flow.seenFrom !== 'server') named.push(this.#attribute(one, settled));
    for (const one of ripe) {
      if (one.flow.seenFrom !== 'server' || !this.#halves.take(one.flow)) continue;
      const alone = this.#attributeAlone(one, settled);
      if (alone !== null) named.push(alone);
    }
    return named;
  }

  #isComplete({ flow, source }: Waiting, settled: Instant): boolean {
    if (flow.seenFrom === 'path') return flow.at <= settled;
    // A server half is never ripe before its client half.
    const halves = this.#options.halvesUntil(source);
    if (flow.seenFrom === 'server') return flow.at + HALF_WAIT_MS <= Math.min(settled, halves);
    return flow.at <= settled && flow.at + HANDSHAKE_MS_MAX <= halves;
  }

  #attribute({ source, flow }: Waiting, settledUntil: Instant): AttributedFlow {
    const naming = { flow, settled: flow.at <= settledUntil };
    const half = flow.seenFrom === 'client' && flow.connections > 0 ? this.#halves.matching(flow) : null;
    const client = this.#end(flow.client, naming, null);
    const serverEnd = {
      ...flow.server,
      holder: half?.server.holder ?? flow.server.holder,
      scope: flow.server.scope ?? flow.client.scope,
    };
    const server = this.#server(serverEnd, naming, client.holder);
    return {
      source,
      at: flow.at,
      protocol: flow.protocol,
      client,
      server: server.end,
      port: half?.server.port ?? server.port,
      verdict: flow.verdict,
      connections: flow.connections,
      bytes: flow.bytes,
    };
  }

  /**
   * A connection of which only the accepting socket was seen: it came from elsewhere. If its client
   * is on this node, its own socket was (or will be) reported under the address that it dialled.
   */
  #attributeAlone({ source, flow }: Waiting, settledUntil: Instant): AttributedFlow | null {
    const naming = { flow, settled: flow.at <= settledUntil };
    const client = this.#end(flow.client, naming, null);
    if (client.holder !== '' && client.holder !== INTERNET) return null;
    const server = this.#server(flow.server, naming, client.holder);
    const { at, protocol, verdict, connections, bytes } = flow;
    return {
      source,
      at,
      protocol,
      client,
      server: server.end,
      port: server.port,
      verdict,
      connections,
      bytes,
    };
  }

  #server(
    end: FlowEnd,
    naming: Naming,
    client: string,
  ): { readonly end: AttributedEnd; readonly port: number } {
    if (end.holder !== null) return { end: this.#ended(end, naming.flow, null), port: end.port };
    const { translated } = naming.flow;
    if (translated !== null) {
      const behind = { ...end, ...translated, scope: null };
      return { end: this.#end(behind, naming, translated.port), port: translated.port };
    }
    // Inside a container's own namespace loopback is the container itself.
    if (end.scope !== null && end.scope === loopbackScope(client)) {
      return { end: { holder: client, scope: end.scope, ip: unmapped(end.ip) }, port: end.port };
    }
    const located = this.#locate(end, naming, end.port);
    const forwarded = located?.kind === 'holder' ? located.statement?.data.forwardsTo?.port : undefined;
    return { end: this.#ended(end, naming.flow, located), port: forwarded ?? end.port };
  }

  #end(end: FlowEnd, naming: Naming, port: number | null): AttributedEnd {
    return this.#ended(end, naming.flow, end.holder === null ? this.#locate(end, naming, port) : null);
  }

  /**
   * Whoever held the address when the engines reported last may have given it back since: until they
   * have reported further, the address is all that is known, and is looked up when somebody asks.
   */
  #locate(end: FlowEnd, { flow, settled }: Naming, port: number | null): Located | null {
    const place: Place = { ip: end.ip, port, protocol: flow.protocol, scope: end.scope, at: flow.at };
    const located = this.#options.locator.find(place);
    // Before anything was observed a public address may have been somebody's here: that shows later.
    if (located?.kind === 'external' && !this.#options.locator.isObserved(flow.at)) return null;
    return settled || located?.kind !== 'holder' || located.statement === null ? located : null;
  }

  #ended(end: FlowEnd, flow: Flow, located: Located | null): AttributedEnd {
    const holder = end.holder === null ? this.#holderOf(located) : this.#holderByKernel(end, flow);
    return { holder, scope: end.scope ?? '', ip: unmapped(end.ip) };
  }

  #holderByKernel(end: FlowEnd, flow: Flow): string {
    if (end.holder === null) return '';
    if (end.holder.kind === 'container') return containerInstanceId(end.holder.id);
    const { pid, startTicks } = end.holder;
    const known = this.#options.instanceOfProcess(pid, startTicks, flow.at);
    if (known !== null) return known;
    return startTicks === null ? '' : processInstanceId(this.#options.bootId, pid, startTicks);
  }

  #holderOf(located: Located | null): string {
    if (located === null) return '';
    if (located.kind === 'external') return located.declared ? '' : INTERNET;
    if (located.kind !== 'holder') return '';
    const subject = this.#options.subjectOf(located.holder);
    return subject.kind === 'node' ? nodeHolder(subject.id) : subject.id;
  }
}
