import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SheerError } from '#model';
import { endingWithUs } from '../../../examples/shop/start/ending-with-us.ts';

export interface ContainerService {
  /** For the commands that start containers, and for the engine that looks at them. */
  readonly environment: NodeJS.ProcessEnv;
  readonly stop: () => Promise<void>;
}

const SOCKETS = ['/run/podman/podman.sock', '/var/run/docker.sock'];
const PATIENCE_MS = 15_000;

/**
 * A container engine's socket: the machine's own, or for the time of the demo one that podman serves; its
 * process ends with ours, however that ends.
 */
export async function containerService(
  directory: string,
  sockets: readonly string[] = SOCKETS,
): Promise<ContainerService> {
  if (process.env['DOCKER_HOST'] !== undefined || sockets.some((socket) => existsSync(socket))) {
    return { environment: { ...process.env }, stop: () => Promise.resolve() };
  }
  const socket = path.join(directory, 'podman.sock');
  const command = ['podman', 'system', 'service', '--time=0', `unix://${socket}`];
  const [program = '', ...parameters] = endingWithUs(command);
  const child = spawn(program, parameters, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let failed = false;
  child.once('error', () => (failed = true));
  for (let waitedMs = 0; !existsSync(socket); waitedMs += 20) {
    if (failed || child.exitCode !== null || waitedMs > PATIENCE_MS) {
      child.kill('SIGTERM');
      throw new SheerError(
        'engine-unreachable',
        'there is no container engine here, and podman does not start one',
        {
          next: 'sheer demo --engine processes, or: apt-get install podman',
        },
      );
    }
    await wait(20);
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return { environment: { ...process.env, DOCKER_HOST: `unix://${socket}` }, stop };
}
