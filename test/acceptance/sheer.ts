import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Client } from '#sdk';
import { connect } from '../../src/cli/connection.ts';
import { statePaths } from '../../src/cli/state-paths.ts';

const execute = promisify(execFile);
const ENTRY = join(import.meta.dirname, '../../src/app/main.ts');

/** A machine with the other tests on it is slow. */
const PATIENCE_MS = 20_000;
const POLL_MS = 50;

/** The product itself, as a person starts it, with a state directory of its own. */
export class Sheer implements AsyncDisposable {
  readonly state: string;
  /** The API, for questions by the hundred. */
  readonly client: Client;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(state: string, environment: NodeJS.ProcessEnv) {
    this.state = state;
    this.#environment = environment;
    const paths = statePaths(state, {}, '/');
    this.client = connect({ paths, server: undefined, tokenFile: undefined, environment: {} });
  }

  /** `sheer up --detach`, attached to the container engine at this socket. */
  static async up(options: { readonly engineSocket: string }): Promise<Sheer> {
    const state = await mkdtemp(join(tmpdir(), 'sheerline-acceptance-'));
    const sheer = new Sheer(state, {
      ...process.env,
      DOCKER_HOST: `unix://${options.engineSocket}`,
      NODE_OPTIONS: undefined,
      NODE_TEST_CONTEXT: undefined,
    });
    await sheer.run('up', '--detach');
    return sheer;
  }

  /** `sheer WORDS… --json`; what it prints, parsed. The caller knows what that command answers. */
  async run<T>(...words: readonly string[]): Promise<T> {
    const line = [ENTRY, ...words, '--state', this.state, '--json'];
    const { stdout } = await execute(process.execPath, line, {
      env: this.#environment,
      maxBuffer: 256 * 1024 * 1024,
    });
    return JSON.parse(stdout) as T;
  }

  /** Until all of these sources report. */
  async live(...sources: readonly string[]): Promise<void> {
    await this.until(`${sources.join(' and ')} are live`, async () => {
      const all = await this.client.sources();
      return sources.every((id) => all.some((one) => one.id === id && one.state === 'live'));
    });
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
      if (await holds()) return;
      await delay(POLL_MS);
    }
    throw new Error(`${what}: not within ${PATIENCE_MS} ms; ${await this.log()}`);
  }

  /** Everything that the control plane itself had to say. */
  log(): Promise<string> {
    return readFile(join(this.state, 'control-plane.log'), 'utf8');
  }

  /** `sheer down`; its state stays until it is disposed. */
  async down(): Promise<void> {
    await this.run('down');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down().catch(() => null);
    await rm(this.state, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
