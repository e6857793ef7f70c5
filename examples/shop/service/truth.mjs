import { renameSync, writeFileSync } from 'node:fs';

/**
 * What this service really did on the network, counted where it happens: the yardstick that an
 * observer's map is held against. Written to the file that SHOP_TRUTH names when the service is
 * ready, on SIGUSR2 and on SIGTERM; printed on SIGTERM where there is no such file.
 */
export class Truth {
  #service;
  #file = process.env.SHOP_TRUTH ?? null;
  #calls = new Map();
  #written = 0;
  #port = null;
  #done = false;

  constructor(service) {
    this.#service = service;
    process.on('SIGUSR2', () => this.write());
  }

  /** @param {'requests' | 'connections' | 'failed'} what */
  count(to, port, what) {
    const key = `${to}:${port}`;
    const call = this.#calls.get(key) ?? { to, port, requests: 0, connections: 0, failed: 0 };
    call[what] += 1;
    this.#calls.set(key, call);
  }

  ready(port) {
    this.#port = port;
    this.write();
  }

  /** All that was to be done is done. */
  finish() {
    this.#done = true;
    this.write();
  }

  /** Whole or not at all: readers never see half a file. */
  write() {
    if (this.#file === null) return;
    this.#written += 1;
    writeFileSync(`${this.#file}.new`, this.#document());
    renameSync(`${this.#file}.new`, this.#file);
  }

  end() {
    if (this.#file === null) process.stdout.write(this.#document());
    else this.write();
  }

  #document() {
    const calls = [...this.#calls.values()].map((call) => ({ from: this.#service, ...call }));
    const state = { port: this.#port, written: this.#written, done: this.#done };
    return `${JSON.stringify({ service: this.#service, ...state, calls })}\n`;
  }
}
