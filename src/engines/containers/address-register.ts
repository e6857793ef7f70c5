import type { Instant } from '#model';

/** Releases are remembered for this many addresses: a /16 in use. */
const RELEASES_MAX = 65_536;

/** How long somebody held an address. */
interface Held {
  readonly from: Instant;
  readonly until: Instant;
}

/**
 * Addresses are reused at once, and stamps of kernel and engine differ by milliseconds: this keeps
 * one holder's interval from reaching into the next one's. Holders may be told of in another order
 * than they had it: podman repeats events after a lost connection.
 */
export class AddressRegister {
  readonly #released = new Map<string, Held>();

  /** When the interval of a holder may begin at the earliest that began at `from` by its engine. */
  earliest(scope: string, ip: string, from: Instant): Instant {
    const last = this.#released.get(`${scope} ${ip}`);
    return last === undefined || last.from > from ? from : Math.max(from, last.until);
  }

  release(scope: string, ip: string, held: Held): void {
    const key = `${scope} ${ip}`;
    this.#released.delete(key);
    this.#released.set(key, held);
    if (this.#released.size <= RELEASES_MAX) return;
    // A map that is not empty has a first key.
    this.#released.delete(this.#released.keys().next().value as string);
  }
}
