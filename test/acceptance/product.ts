import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SourceAnswer } from '#model';

/** The entry point that `./sheer` hands over to; the launcher has a test of its own. */
export const ENTRY = join(import.meta.dirname, '../../src/app/main.ts');

const COMMAND_MS_MAX = 60_000;
const ANSWER_MS_MAX = 30_000;

/** What a command of `sheer` left behind. */
export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly error: string;
}

/** Runs one command of `sheer` to its end. */
export function sheer(line: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = {
      env: { ...process.env, NO_COLOR: '1', ...environment },
      timeout: COMMAND_MS_MAX,
      maxBuffer: 256 * 1024 * 1024,
    };
    execFile(process.execPath, [ENTRY, ...line], options, (error, out, complaint) => {
      const code = error === null ? 0 : error.code;
      resolve({ exit: typeof code === 'number' ? code : -1, out, error: complaint });
    });
  });
}

export interface ProductOptions {
  /** An existing state directory, which then stays; without one a new one that goes with the product. */
  readonly state?: string;
  /** Ids of engines; without them all that are here. */
  readonly engines?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Starts the control plane, such as `unshare -m`; the entry point and its arguments follow. */
  readonly through?: readonly string[];
  /** That it mounts disks of its own, so that its state is reached through its root. */
  readonly ownMounts?: boolean;
}

/** A control plane of a test's own: a real process, its state in a directory of its own. */
export class Product {
  /** Where its state directory is reached. */
  readonly state: string;
  readonly child: ChildProcess;
  readonly #keepsState: boolean;
  #output = '';

  private constructor(state: string, keepsState: boolean, child: ChildProcess) {
    this.state = state;
    this.child = child;
    this.#keepsState = keepsState;
    const keep = (chunk: string): void => {
      this.#output = (this.#output + chunk).slice(-100_000);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
  }

  /** `sheer up`, until its API answers. @throws Error with its output when it ends instead. */
  static async start(options: ProductOptions = {}): Promise<Product> {
    const state = options.state ?? (await mkdtemp(join(tmpdir(), 'sheerline-state-')));
    const engines = options.engines === undefined ? [] : ['--engine', ...options.engines];
    const line = [ENTRY, 'up', '--json', '--state', state, '--port', '0', ...engines];
    const [program = '', ...parameters] = [...(options.through ?? []), process.execPath, ...line];
    const child = spawn(program, parameters, {
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const reached = options.ownMounts === true ? join('/proc', String(child.pid), 'root', state) : state;
    const product = new Product(reached, options.state !== undefined, child);
    const deadline = performance.now() + ANSWER_MS_MAX;
    while (!(await product.answers())) {
      if (product.ended || performance.now() > deadline) {
        await product.stop();
        throw new Error(`the control plane did not answer: ${product.output}`);
      }
      await delay(20);
    }
    return product;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** What it printed, both streams. */
  get output(): string {
    return this.#output;
  }

  /** A command against this control plane. */
  run(...line: readonly string[]): Promise<Ran> {
    return sheer([...line, '--state', this.state]);
  }

  /** The document that a command prints with `--json`. `Answer`: what the command promises. */
  async json<Answer>(...line: readonly string[]): Promise<Answer> {
    const { exit, out, error } = await this.run(...line, '--json');
    if (exit !== 0) throw new Error(`sheer ${line.join(' ')} ended with ${exit}: ${error}${out}`);
    return JSON.parse(out) as Answer;
  }

  /** The same document without the cost of a process, for asking again and again. */
  async ask<Answer>(path: string): Promise<Answer> {
    return askState<Answer>(this.state, path);
  }

  async answers(): Promise<boolean> {
    return this.ask('status').then(
      () => true,
      () => false,
    );
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM, as `sheer down` and service managers mean it; its exit code. */
  async terminate(): Promise<number | null> {
    await this.#end('SIGTERM');
    return this.child.exitCode;
  }

  /** Ends it however it can be ended, and removes its state. */
  async stop(): Promise<void> {
    const late = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.#end('SIGTERM');
    clearTimeout(late);
    if (!this.#keepsState) await rm(this.state, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.ended) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}

/** What the control plane of a state directory answers to GET below its API. `Answer`: what the path promises. */
export async function askState<Answer>(state: string, path: string): Promise<Answer> {
  const { status, body } = await askSocket(join(state, 'sheer.sock'), `/api/v1/${path}`);
  if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${body}`);
  return JSON.parse(body) as Answer;
}

/** The answer to GET over a Unix socket. */
export function askSocket(
  socketPath: string,
  path: string,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.setTimeout(10_000, () => asked.destroy(new Error(`no answer to ${path}`)));
    asked.on('error', reject);
    asked.end();
  });
}

/** The first value that is not null or undefined. @throws Error when it takes too long. */
export async function eventually<Value>(
  what: string,
  look: () => Promise<Value | null | undefined> | Value | null | undefined,
  timeoutMs = 30_000,
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (value !== null && value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`);
    await delay(100);
  }
}

/** Until a source says that it is live. */
export function sourceIsLive(product: Product, id: string): Promise<SourceAnswer> {
  return sourceIs(product, id, ({ state }) => state === 'live');
}

/** Until a source is as it should be. @throws Error that says how it is instead. */
export async function sourceIs(
  product: Product,
  id: string,
  isRight: (source: SourceAnswer) => boolean,
): Promise<SourceAnswer> {
  let last: SourceAnswer | undefined;
  return eventually(`the source ${id} is as it should be`, async () => {
    const sources = await product.ask<readonly SourceAnswer[]>('sources');
    last = sources.find((source) => source.id === id);
    return last !== undefined && isRight(last) ? last : null;
  }).catch((cause: unknown) => {
    throw new Error(`the source ${id} is ${JSON.stringify(last)}`, { cause });
  });
}
