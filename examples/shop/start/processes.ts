import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endingWithUs } from './ending-with-us.ts';
import {
  type Runner,
  type RunningPart,
  readTruth,
  type ServicePlan,
  type Store,
  waitFor,
} from './running-part.ts';
import { prepareStore } from './stores.ts';

/** What a process is started from. */
interface ProcessPlan {
  readonly name: string;
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}

const GRACE_MS = 5000;

/** Starts the shop's parts as processes on 127.0.0.1; `temporary` is removed by the caller. */
export function processRunner(services: string, temporary: string): Runner {
  return {
    async start(service: ServicePlan) {
      const child = spawnPart({
        name: service.name,
        command: [process.execPath, 'main.mjs'],
        directory: join(services, service.name),
        environment: { ...service.environment, SHOP_TRUTH: service.truthFile },
        logFile: join(temporary, `${service.name}.log`),
      });
      const { port } = await child.ready(`${service.name} getting ready`, () => readTruth(service.truthFile));
      return child.part(port);
    },
    async startStore(store: Store) {
      const directory = join(temporary, store);
      mkdirSync(directory);
      const prepared = await prepareStore(store, directory);
      const logFile = join(temporary, `${store}.log`);
      const child = spawnPart({ name: store, directory, environment: {}, logFile, ...prepared });
      await child.ready(`${store} getting ready`, () => prepared.isReady(readFileSync(logFile, 'utf8')));
      return child.part(prepared.port);
    },
    close: () => Promise.resolve(),
  };
}

function spawnPart(plan: ProcessPlan) {
  const [program = '', ...parameters] = endingWithUs(plan.command);
  mkdirSync(dirname(plan.logFile), { recursive: true });
  const log = openSync(plan.logFile, 'w');
  const child = spawn(program, parameters, {
    cwd: plan.directory,
    // Nothing of ours: what a user has in their environment is none of the shop's business.
    env: { PATH: process.env['PATH'] ?? '', ...plan.environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = () => endChild(child, ended);
  return {
    async ready<Value>(what: string, look: () => Value | null): Promise<Value> {
      try {
        return await waitFor(what, () => {
          if (child.exitCode === null && child.signalCode === null) return look();
          throw new Error(`${plan.name} ended at once`);
        });
      } catch (cause) {
        await stop();
        const output = readFileSync(plan.logFile, 'utf8').trim().split('\n').slice(-10).join('\n');
        throw new Error(`${plan.name} could not be started:\n${output}`, { cause });
      }
    },
    part(port: number | null): RunningPart {
      return {
        name: plan.name,
        host: '127.0.0.1',
        port,
        pid: child.pid ?? 0,
        container: null,
        directory: plan.directory,
        signal: (signal) => Promise.resolve(void child.kill(signal)),
        stop,
      };
    },
  };
}

async function endChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const last = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(last);
}
