import { unmapped, type Flow } from '#model';

/** Server halves that wait for the client half of the same connection. */
export class HalfBook {
  /** Several by key: a port may be reused within the wait. */
  readonly #halves = new Map<string, Flow[]>();

  add(half: Flow): void {
    const key = keyOf(half);
    const others = this.#halves.get(key);
    if (others === undefined) this.#halves.set(key, [half]);
    else others.push(half);
  }

  /** Takes out the half that belongs to a client half: the one nearest in time. */
  matching(client: Flow): Flow | null {
    const candidates = this.#halves.get(keyOf(client));
    if (candidates === undefined) return null;
    let nearest: Flow | null = null;
    for (const half of candidates) {
      if (nearest === null || Math.abs(half.at - client.at) < Math.abs(nearest.at - client.at))
        nearest = half;
    }
    if (nearest !== null) this.take(nearest);
    return nearest;
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

function keyOf({ client, server }: Flow): string {
  return `${unmapped(client.ip)} ${client.port} ${unmapped(server.ip)} ${server.port}`;
}
