import type { Clock, Flow, FlowEvent, Instant } from '#model';
import { closedFlow, openedFlow } from './conntrack-flow.ts';
import { parseConntrackLine, type ConntrackLine } from './conntrack-line.ts';
import { lastPacketAt, type ConntrackTimeouts } from './conntrack-timeouts.ts';

/**
 * Entries whose beginning is remembered, as many as the kernel tracks by default (15 MB at most); the
 * oldest are forgotten first.
 */
const OPEN_MAX = 262_144;

/**
 * Turns lines of conntrack into flows, each tracked flow once. An entry's end can come minutes after
 * its last packet, when its addresses may belong to others: what an end adds is dated to the entry's
 * beginning, and an end whose beginning was not seen is left out.
 */
export class TrackedFlows {
  readonly #clock: Clock;
  readonly #timeouts: ConntrackTimeouts;
  readonly #open = new Map<number, Instant>();
  /** When a list told of those that it told of first: the event of their beginning may still be on its way. */
  readonly #listed = new Map<number, Instant>();

  constructor(clock: Clock, timeouts: ConntrackTimeouts) {
    this.#clock = clock;
    this.#timeouts = timeouts;
  }

  /** The flow that a line of events or of a list tells of, if it tells something new. */
  read(text: string): FlowEvent | null {
    const line = parseConntrackLine(text);
    if (line === null) return null;
    switch (line.event) {
      case 'new':
        return this.#isTold(line) ? null : this.#begin(line, line.at ?? this.#clock());
      case 'listed':
        if (this.#open.has(keyOf(line))) return null;
        this.#listed.set(keyOf(line), this.#clock());
        return this.#begin(line, lastPacketAt(line, this.#timeouts, this.#clock()));
      case 'destroy':
        return this.#end(line);
      default:
        return null;
    }
  }

  /** Whether a list was faster than this event; if it is of later, the end of the listed one was lost. */
  #isTold(line: ConntrackLine): boolean {
    const listedAt = this.#listed.get(keyOf(line));
    this.#listed.delete(keyOf(line));
    return listedAt !== undefined && (line.at ?? this.#clock()) <= listedAt;
  }

  #begin(line: ConntrackLine, at: Instant): Flow {
    // Anew, so that of a key that is used again the order is that of the later one.
    this.#open.delete(keyOf(line));
    this.#open.set(keyOf(line), at);
    if (this.#open.size > OPEN_MAX) this.#forgetOldest();
    return openedFlow(line, at);
  }

  #end(line: ConntrackLine): Flow | null {
    const key = keyOf(line);
    const begun = this.#open.get(key);
    if (begun === undefined) return null;
    this.#open.delete(key);
    this.#listed.delete(key);
    return closedFlow(line, begun);
  }

  #forgetOldest(): void {
    for (const oldest of this.#open.keys()) {
      this.#open.delete(oldest);
      this.#listed.delete(oldest);
      return;
    }
  }
}

/** Bits of a key beside the 32 of the kernel's id: together they stay below 2^53. */
const PORT_BITS = 2 ** 20;

/**
 * The kernel's id is a hash of 32 bits: among 60,000 entries two share one every third time (seen).
 * With the ports it tells them apart.
 */
function keyOf({ id, original }: ConntrackLine): number {
  return (id ?? 0) * PORT_BITS + ((original.sourcePort * 31 + original.destinationPort) % PORT_BITS);
}
