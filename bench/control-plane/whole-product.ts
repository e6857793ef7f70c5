import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { containerInstanceId, type StatusAnswer } from '#model';
import { askSocket } from '../../test/acceptance/product.ts';
import type { EngineChanges } from '../containers/serve-fake-engine.ts';
import type { ChangesSeen } from './changes-seen.ts';

const LAUNCHER = path.join(import.meta.dirname, '../../sheer');
const FAKE_ENGINE = path.join(import.meta.dirname, '../containers/serve-fake-engine.ts');

/** The kernel counts processor time in hundredths of a second, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** `./sheer up` on a synthetic Docker engine; both are processes of their own. */
export class WholeProduct {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'sheerline-bench-'));
  #engine: ChildProcess | null = null;
  #plane: ChildProcess | null = null;

  get socketPath(): string {
    return path.join(this.directory, 'state/sheer.sock');
  }

  async startEngine(containers: number): Promise<void> {
    this.#engine = fork(FAKE_ENGINE, [path.join(this.directory, 'docker.sock'), String(containers)]);
    await once(this.#engine, 'message');
  }

  /** Until its API answers; gives the milliseconds that this took. `engines`: empty for all. */
  async up(engines: readonly string[]): Promise<number> {
    const state = path.join(this.directory, 'state');
    const parameters = ['up', '--json', '--state', state, '--port', '0'];
    if (engines.length > 0) parameters.push('--engine', ...engines);
    const startedAt = performance.now();
    const plane = spawn(LAUNCHER, parameters, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DOCKER_HOST: `unix://${path.join(this.directory, 'docker.sock')}` },
    });
    this.#plane = plane;
    while (!(await this.#answers())) {
      if (plane.exitCode !== null) throw new Error(`the control plane ended with ${plane.exitCode}`);
      if (performance.now() - startedAt > 60_000) throw new Error('the control plane does not answer');
      await delay(5);
    }
    return performance.now() - startedAt;
  }

  async down(): Promise<void> {
    await end(this.#plane);
    this.#plane = null;
  }

  async stop(): Promise<void> {
    await this.down();
    await end(this.#engine);
    rmSync(this.directory, { recursive: true, force: true });
  }

  async status(): Promise<StatusAnswer> {
    const { body } = await askSocket(this.socketPath, '/api/v1/status');
    // What the API promises.
    return JSON.parse(body) as StatusAnswer;
  }

  /** Containers that start and end in turn, until all of them were sent. */
  async change(perSecond: number, seconds: number): Promise<EngineChanges> {
    const engine = this.#engine;
    if (engine === null) throw new Error('there is no engine');
    engine.send({ changesPerSecond: perSecond, seconds });
    for (;;) {
      const [said] = (await once(engine, 'message')) as [EngineChanges];
      if (said.kind === 'sent') return said;
    }
  }

  /** Of the control plane: processor seconds until now. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.#pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  }

  /** Of the control plane, in MB. */
  residentMegabytes(): number {
    return residentMegabytes(this.#pid);
  }

  /** Of the programs that the sensors run, all together. */
  helperMegabytes(): number {
    const children = readFileSync(`/proc/${this.#pid}/task/${this.#pid}/children`, 'utf8').trim().split(' ');
    return children.filter((pid) => pid !== '').reduce((sum, pid) => sum + residentMegabytes(Number(pid)), 0);
  }

  get #pid(): number {
    return this.#plane?.pid ?? -1;
  }

  #answers(): Promise<boolean> {
    return askSocket(this.socketPath, '/healthz').then(
      ({ status }) => status === 200,
      () => false,
    );
  }
}

/** Milliseconds from each start and end to its arrival on the event stream; waits for all of them. */
export async function delays(changes: EngineChanges, seen: ChangesSeen): Promise<readonly number[]> {
  const found: number[] = [];
  for (const { id, what, at } of changes.changes) {
    const arrivals = what === 'start' ? seen.started : seen.ended;
    const deadline = performance.now() + 30_000;
    while (!arrivals.has(containerInstanceId(id))) {
      if (performance.now() > deadline) throw new Error(`the ${what} of ${id} was not seen`);
      await delay(5);
    }
    found.push((arrivals.get(containerInstanceId(id)) ?? 0) - at);
  }
  return found;
}

async function end(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

function residentMegabytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}
