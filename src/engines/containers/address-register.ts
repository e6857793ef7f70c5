import type { Instant } from '#model';

/** Releases are remembered for this many addresses: a /16 in use. */
const RELEASES_MAX = 65_536;

/**
 * Addresses are reused at once, and stamps of kernel and engine differ by milliseconds: this keeps
 * one holder's interval from reaching into the next one's.
 */
export class AddressRegister {
  readonly #released = new Map<string, Instant>();

  /** When a new holder's interval may begin at the earliest. */
  earliest(scope: string, ip: string, from: Instant): Instant {
    return Math.max(from, this.#released.get(`${scope} ${ip}`) ?? from);
  }

  release(scope: string, ip: string, at: Instant): void {
    const key = `${scope} ${ip}`;
    this.#released.delete(key);
    this.#released.set(key, at);
    if (this.#released.size <= RELEASES_MAX) return;
    // A map that is not empty has a first key.
    this.#released.delete(this.#released.keys().next().value as string);
  }
}
