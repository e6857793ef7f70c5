import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Instant } from '#model';
import { EngineRequests } from '../../podman/engine-requests.ts';
import type { Podman, PodmanNetwork } from '../../podman/podman.ts';
import { readMemberLog, type MemberLog } from './truth.ts';

const execute = promisify(execFile);

/** Every member listens here. */
export const STORM_PORT = 7000;

const IMAGE = 'localhost/sheerline-storm:1';

/** A machine without room for it asks for 12 members at most: one poll table holds 512 connections. */
const PACE_MS = 8;

/** Podman's own cleanup of a container and a removal get in each other's way. */
const REMOVE_TRIES_MAX = 100;

/**
 * Whoever stays calls nobody in its last moments: the end of a process is seen by looking, and until
 * the next look an answer is ambiguous.
 */
const QUIET_MS = 3000;

export interface StormPlan {
  readonly count: number;
  /** Containers that live, start or end at once. */
  readonly concurrency: number;
  /** As few addresses as that are used again and again. */
  readonly addresses: number;
}

/** A container of the storm, or one of the two that outlive it. */
export interface TrueContainer {
  readonly id: string;
  readonly name: string;
  /** Nobody had heard of it before; nobody could hold its address after. */
  readonly askedAt: Instant;
  readonly removedAt: Instant;
  readonly log: MemberLog;
}

export interface StormTruth {
  readonly containers: readonly TrueContainer[];
  readonly anchor: TrueContainer;
  /** A process of the host that calls and is called like the rest. */
  readonly host: MemberLog;
}

export const HOST_MEMBER = 'storm-host';
const ANCHOR_MEMBER = 'storm-anchor';

/**
 * Containers of random lives in one small network, all of which call each other, a container that
 * stays, and a process of the host. Each has a service of its own, so that a name is right or wrong.
 */
export class Storm implements AsyncDisposable {
  readonly #podman: Podman;
  readonly #engine: EngineRequests;
  readonly #network: PodmanNetwork;
  readonly #shared: string;
  readonly #free: number[] = [];
  #anchor: Pick<TrueContainer, 'id' | 'askedAt'> | null = null;
  #host: ChildProcess | null = null;

  private constructor(podman: Podman, network: PodmanNetwork) {
    this.#podman = podman;
    this.#network = network;
    this.#engine = new EngineRequests(podman.socketPath);
    this.#shared = join(podman.directory, 'storm');
  }

  /** Starts those who stay. */
  static async prepare(podman: Podman): Promise<Storm> {
    const storm = new Storm(podman, await podman.createNetwork({ prefix: 27 }));
    await storm.#buildImage();
    await storm.#startLasting();
    return storm;
  }

  /** Whether the address is of its network. */
  holds(ip: string): boolean {
    return ip.startsWith(this.#network.address(0).replace(/0$/, ''));
  }

  /** Runs all of it, and then ends those who stayed. */
  async run(plan: StormPlan): Promise<StormTruth> {
    // 1 is the gateway, 2 the anchor.
    for (let number = 3; number < 3 + plan.addresses; number++) this.#free.push(number);
    const containers: TrueContainer[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let number = next++; number < plan.count; number = next++)
        containers.push(await this.#runOne(number));
    };
    await writeFile(join(this.#shared, 'calling'), '');
    await Promise.all(Array.from({ length: plan.concurrency }, worker));
    await rm(join(this.#shared, 'calling'));
    await delay(QUIET_MS);
    return { containers, ...(await this.#end()) };
  }

  /** The process of the host must not outlive a test that failed; containers end with their podman. */
  async [Symbol.asyncDispose](): Promise<void> {
    const host = this.#host;
    if (host === null || host.exitCode !== null || host.signalCode !== null) return;
    const ended = new Promise((resolve) => host.once('exit', resolve));
    host.kill('SIGKILL');
    await ended;
  }

  async #buildImage(): Promise<void> {
    const root = join(this.#podman.directory, 'storm-image');
    for (const name of ['bin', 'proc', 'sys', 'dev', 'shared', 'etc'])
      await mkdir(join(root, name), { recursive: true });
    for (const name of ['live', 'log']) await mkdir(join(this.#shared, name), { recursive: true });
    const program = join(this.#shared, 'peer');
    await execute('gcc', ['-O2', '-static', '-o', program, join(import.meta.dirname, 'peer.c')]).catch(
      (cause: unknown) => {
        throw new Error('gcc is needed; install it with: apt-get install -y gcc libc6-dev', { cause });
      },
    );
    await copyFile(program, join(root, 'bin', 'peer'));
    const archive = join(this.#podman.directory, 'storm.tar');
    await execute('tar', ['-C', root, '-cf', archive, '.']);
    await this.#podman.command('import', '--quiet', archive, IMAGE);
    await rm(archive);
  }

  async #startLasting(): Promise<void> {
    const askedAt = Date.now();
    const id = await this.#start(ANCHOR_MEMBER, 2, -1);
    this.#anchor = { id, askedAt };
    const { gateway } = this.#network;
    const words = [HOST_MEMBER, gateway, String(STORM_PORT), '-1', String(PACE_MS), this.#shared];
    this.#host = spawn(join(this.#shared, 'peer'), words, { stdio: ['ignore', 'inherit', 'inherit'] });
  }

  async #runOne(number: number): Promise<TrueContainer> {
    const address = this.#takeAddress();
    const name = `storm-${String(number).padStart(4, '0')}x`;
    const lifeMs = lifeOf(number);
    const askedAt = Date.now();
    const id = await this.#start(name, address, lifeMs);
    // Every tenth is killed in the midst of whatever it does.
    if (number % 10 === 9) await delay(lifeMs / 2);
    else await this.#engine.ask('POST', `/containers/${id}/wait?condition=not-running`);
    await this.#remove(id);
    const removedAt = Date.now();
    this.#free.push(address);
    return { id, name, askedAt, removedAt, log: await this.#readLog(name) };
  }

  async #start(name: string, address: number, lifeMs: number): Promise<string> {
    const network = this.#network.name;
    const created = await this.#engine.ask('POST', `/containers/create?name=${name}`, {
      Image: IMAGE,
      Cmd: ['/bin/peer', name, 'eth0', String(STORM_PORT), String(lifeMs), String(PACE_MS), '/shared'],
      Labels: {
        'com.docker.compose.project': 'storm',
        'com.docker.compose.service': serviceOf(name),
        'com.docker.compose.container-number': '1',
      },
      HostConfig: { NetworkMode: network, Binds: [`${this.#shared}:/shared`] },
      NetworkingConfig: {
        EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: this.#network.address(address) } } },
      },
    });
    // What the engine answers to a creation: { Id, Warnings }.
    const { Id: id } = created as { readonly Id: string };
    await this.#engine.ask('POST', `/containers/${id}/start`);
    return id;
  }

  async #remove(id: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.#engine.ask('DELETE', `/containers/${id}?force=true`);
        return;
      } catch (error) {
        if (String(error).includes(' 404 ')) return;
        if (tries === REMOVE_TRIES_MAX) throw error;
        await delay(20);
      }
    }
  }

  /** Mostly the one that was given back last: nothing is harder to tell apart. */
  #takeAddress(): number {
    const index = randomInt(0, 10) < 7 ? this.#free.length - 1 : randomInt(0, this.#free.length);
    const [address] = this.#free.splice(index, 1);
    if (address === undefined) throw new Error('there are fewer addresses than containers at once');
    return address;
  }

  async #end(): Promise<Omit<StormTruth, 'containers'>> {
    await writeFile(join(this.#shared, 'end'), '');
    const [anchor, host] = [this.#anchor, this.#host];
    if (anchor === null || host === null) throw new Error('the storm was not prepared');
    if (host.exitCode === null) await new Promise((resolve) => host.once('exit', resolve));
    await this.#engine.ask('POST', `/containers/${anchor.id}/wait?condition=not-running`);
    await this.#remove(anchor.id);
    const removedAt = Date.now();
    const log = await this.#readLog(ANCHOR_MEMBER);
    return {
      anchor: { ...anchor, name: ANCHOR_MEMBER, removedAt, log },
      host: await this.#readLog(HOST_MEMBER),
    };
  }

  async #readLog(name: string): Promise<MemberLog> {
    return readMemberLog(await readFile(join(this.#shared, 'log', name), 'utf8'));
  }
}

/** The compose service of a member. */
export const serviceOf = (member: string): string => `service-of-${member}`;

/** A third lives 200 ms, one in twenty not at all, the others up to a second. */
function lifeOf(number: number): number {
  if (number % 20 === 1) return 0;
  return number % 3 === 0 ? 200 : randomInt(1, 1001);
}
