import { randomInt } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Podman, PodmanNetwork } from './podman.ts';

/** What the generator knows of one container, from the container itself. */
export interface StormedContainer {
  readonly id: string;
  readonly name: string;
  /** As its own `ip` says. */
  readonly ip: string;
  /** It was started after and had ended before. */
  readonly afterMs: number;
  readonly beforeMs: number;
}

export interface StormOptions {
  readonly image: string;
  readonly network: Pick<PodmanNetwork, 'name'>;
  readonly count: number;
  /** At once; two per core keep the machine busy. */
  readonly concurrency: number;
  readonly lifeMsMax: number;
  /** Further parameters of `run`. */
  readonly parameters?: readonly string[];
}

/** Podman, or Docker, whose command line is the same. */
export type StormEngine = Pick<Podman, 'command' | 'directory'>;

/**
 * Runs containers of random lives, removed as soon as they end, so that the addresses of a small
 * subnet are used again and again. Each prints its own address, which is the truth.
 */
export async function storm(
  engine: StormEngine,
  options: StormOptions,
): Promise<readonly StormedContainer[]> {
  const done: StormedContainer[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let number = next++; number < options.count; number = next++) {
      done.push(await runOne(engine, options, `storm-${number}`));
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  return done;
}

async function runOne(engine: StormEngine, options: StormOptions, name: string): Promise<StormedContainer> {
  const idFile = join(engine.directory, `${name}.id`);
  const life = randomInt(0, options.lifeMsMax + 1) / 1000;
  const script = `ip -4 -o addr show dev eth0${life === 0 ? '' : `; sleep ${life}`}`;
  const afterMs = Date.now();
  const output = await engine.command(
    ...['run', '--rm', '--name', name, '--cidfile', idFile, '--network', options.network.name],
    ...(options.parameters ?? []),
    ...[options.image, 'sh', '-c', script],
  );
  const beforeMs = Date.now();
  const id = (await readFile(idFile, 'utf8')).trim();
  await rm(idFile);
  const ip = /inet ([\d.]+)\//.exec(output)?.[1];
  if (ip === undefined) throw new Error(`${name} has no address: ${output}`);
  return { id, name, ip, afterMs, beforeMs };
}
