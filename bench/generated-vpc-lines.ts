import { formatIpv4 } from '#model';

import { BEGIN, seeded } from './generated-addresses.ts';

const SERVER_PORTS = [80, 443, 5432, 6379, 8080, 9090, 50051];
/** Addresses at the front of the list that serve, and how many of them each client calls. */
const SERVERS = 4096;
const PEERS = 4;
/** Connections per second of the log: five million lines are the records of fifty minutes. */
const CONNECTIONS_PER_SECOND = 833;

/**
 * VPC flow-log lines as AWS writes them, two per connection, one for each direction, in the middle of
 * the time in which the addresses were held. Every client calls the same few servers again and again.
 */
export class VpcLineGenerator {
  readonly #random = seeded(4);
  readonly #texts: readonly string[];
  readonly #beginSeconds: number;
  #connections = 0;

  constructor(addresses: Uint32Array, spanMs: number) {
    this.#texts = Array.from(addresses, formatIpv4);
    this.#beginSeconds = Math.floor((BEGIN + spanMs / 2) / 1000);
  }

  /** The next `count` (an even number of) lines. */
  next(count: number): Uint8Array {
    const lines: string[] = [];
    while (lines.length < count) lines.push(...this.#connection());
    return Buffer.from(lines.join(''), 'latin1');
  }

  #connection(): readonly [string, string] {
    const random = this.#random;
    const client = Math.floor(random() * this.#texts.length);
    // The same few for a client, whenever it calls.
    const server = (client * 31 + Math.floor(random() * PEERS) * 977) % SERVERS;
    const port = SERVER_PORTS[server % SERVER_PORTS.length] ?? 80;
    const clientPort = 32_768 + Math.floor(random() * 28_000);
    const start = this.#beginSeconds + Math.floor(this.#connections / CONNECTIONS_PER_SECOND);
    this.#connections += 1;
    const end = `${start} ${start + Math.floor(random() * 60)} ${random() < 0.02 ? 'REJECT' : 'ACCEPT'} OK\n`;
    const from = this.#texts[client] ?? '';
    const to = this.#texts[server] ?? '';
    const packets = 1 + Math.floor(random() * 40);
    return [
      `2 123456789012 eni-0a1b2c3d4e5f67890 ${from} ${to} ${clientPort} ${port} 6 ${packets} ${packets * 120} ${end}`,
      `2 123456789012 eni-0a1b2c3d4e5f67890 ${to} ${from} ${port} ${clientPort} 6 ${packets} ${packets * 900} ${end}`,
    ];
  }
}
