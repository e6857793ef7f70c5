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
        return this.#begin(line, line.at ?? this.#clock());
      case 'listed':
        if (line.id !== null && this.#open.has(line.id)) return null;
        return this.#begin(line, lastPacketAt(line, this.#timeouts, this.#clock()));
      case 'destroy':
        return this.#end(line);
      default:
        return null;
    }
  }

  #begin(line: ConntrackLine, at: Instant): Flow {
    if (line.id !== null) {
      this.#open.set(line.id, at);
      if (this.#open.size > OPEN_MAX) this.#forgetOldest();
    }
    return openedFlow(line, at);
  }

  #end(line: ConntrackLine): Flow | null {
    const begun = line.id === null ? undefined : this.#open.get(line.id);
    if (line.id === null || begun === undefined) return null;
    this.#open.delete(line.id);
    return closedFlow(line, begun);
  }

  #forgetOldest(): void {
    for (const oldest of this.#open.keys()) {
      this.#open.delete(oldest);
      return;
    }
  }
}
