import { unmapped, type Flow } from '#model';

/** The two sides of a handshake are closer than this, even where one of its packets was sent again. */
const APART_MS_MAX = 1500;

/** Server halves that wait for the client half of the same connection. */
export class HalfBook {
  /** Several by key: a port may be reused within the wait, and loopback exists in every namespace. */
  readonly #halves = new Map<string, Flow[]>();

  add(half: Flow): void {
    const key = keyOf(half);
    const others = this.#halves.get(key);
    if (others === undefined) this.#halves.set(key, [half]);
    else others.push(half);
  }

  /**
   * Takes out the half that belongs to a client half: of those in the same scope the one nearest in
   * time. Scopes only differ where containers share a namespace, or addresses were translated.
   */
  matching(client: Flow): Flow | null {
    const candidates = this.#halves.get(keyOf(client)) ?? [];
    const near = candidates.filter((half) => distance(half, client) <= APART_MS_MAX);
    const [first] = near.toSorted(
      (left, right) =>
        Number(isElsewhere(left, client)) - Number(isElsewhere(right, client)) ||
        distance(left, client) - distance(right, client),
    );
    if (first === undefined) return null;
    this.take(first);
    return first;
  }

  /** Takes out this very half; false when a client half has taken it already. */
  take(half: Flow): boolean {
    const key = keyOf(half);
    const candidates = this.#halves.get(key);
    const index = candidates?.indexOf(half) ?? -1;
    if (candidates === undefined || index < 0) return false;
    candidates.splice(index, 1);
    if (candidates.length === 0) this.#halves.delete(key);
    return true;
  }
}

const distance = (half: Flow, client: Flow): number => Math.abs(half.at - client.at);

const isElsewhere = (half: Flow, client: Flow): boolean => half.server.scope !== client.client.scope;

function keyOf({ client, server }: Flow): string {
  return `${unmapped(client.ip)} ${client.port} ${unmapped(server.ip)} ${server.port}`;
}
