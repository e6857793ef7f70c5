import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { type ContainerCommand, containerCommand } from './container-command.ts';
import { findProgram } from './find-program.ts';
import {
  readTruth,
  type Runner,
  type RunningPart,
  type ServicePlan,
  type Store,
  waitFor,
} from './running-part.ts';
import { makeImage, REDIS_PROGRAM } from './shop-image.ts';

/** Inside of every container, which has an address of its own. */
const SERVICE_PORT = 8080;
/** Podman asks for more by default than some machines allow, and then no container starts. */
const LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];
const REDIS_PORT = 6379;
const REDIS_OPTIONS = [
  '--port',
  `${REDIS_PORT}`,
  '--bind',
  '0.0.0.0',
  '--protected-mode',
  'no',
  '--save',
  '',
];

/**
 * Starts the shop's parts as containers on a network of their own, labelled as Compose labels them.
 * @param environment of the podman or docker command
 * @throws Error when there is neither, or when it fails; what it said is in the message.
 */
export async function containerRunner(services: string, environment: NodeJS.ProcessEnv): Promise<Runner> {
  const engine = containerCommand(environment);
  // Several shops may run at once.
  const name = `shop-${randomBytes(3).toString('hex')}`;
  const names = { name, image: `localhost/${name}:1`, services };
  const runner = new ContainerRunner(engine, names);
  try {
    await makeImage(engine, names.image, services);
    await engine.run('network', 'create', name);
    return runner;
  } catch (error) {
    await runner.close();
    throw error;
  }
}

interface ShopNames {
  /** Of the network, and the first part of every container's name. */
  readonly name: string;
  readonly image: string;
  /** Where the services' programs are on this machine. */
  readonly services: string;
}

interface ContainerPlan {
  readonly name: string;
  readonly port: number | null;
  readonly directory: string;
  readonly options: readonly string[];
  readonly command: readonly string[];
}

class ContainerRunner implements Runner {
  readonly #engine: ContainerCommand;
  readonly #names: ShopNames;

  constructor(engine: ContainerCommand, names: ShopNames) {
    this.#engine = engine;
    this.#names = names;
  }

  async start(service: ServicePlan): Promise<RunningPart> {
    const variables = {
      ...service.environment,
      HOST: '0.0.0.0',
      PORT: `${SERVICE_PORT}`,
      SHOP_TRUTH: join('/truth', basename(service.truthFile)),
    };
    const part = await this.#run({
      name: service.name,
      port: service.name === 'traffic' ? null : SERVICE_PORT,
      directory: `/shop/${service.name}`,
      options: ['--volume', `${dirname(service.truthFile)}:/truth`, ...options('--env', variables)],
      command: ['node', 'main.mjs'],
    });
    return this.#ready(part, () => (readTruth(service.truthFile) === null ? null : true));
  }

  async startStore(store: Store): Promise<RunningPart> {
    if (store !== 'redis') throw new Error('in containers the shop has no other store than Redis');
    if (findProgram('redis-server') === null) {
      throw new Error('redis-server is not installed: apt-get install redis-server');
    }
    const command = [REDIS_PROGRAM, ...REDIS_OPTIONS];
    const part = await this.#run({ name: store, port: REDIS_PORT, directory: '/', options: [], command });
    return this.#ready(part, async () => {
      const output = await this.#engine.run('logs', part.container ?? '');
      return output.includes('Ready to accept') ? true : null;
    });
  }

  async close(): Promise<void> {
    await this.#engine.run('network', 'rm', '--force', this.#names.name).catch(() => undefined);
    await this.#engine.run('rmi', '--force', this.#names.image).catch(() => undefined);
  }

  async #run(plan: ContainerPlan): Promise<RunningPart> {
    const { name, image, services } = this.#names;
    const labels = {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': plan.name,
      'com.docker.compose.project.working_dir': services,
    };
    const own = ['--name', `${name}-${plan.name}`, '--network', name, '--workdir', plan.directory];
    const all = [...own, ...LIMITS, ...options('--label', labels), ...plan.options];
    const id = await this.#engine.run('run', '--detach', ...all, image, ...plan.command);
    return {
      name: plan.name,
      port: plan.port,
      directory: plan.directory,
      container: id,
      ...(await this.#placeOf(id)),
      signal: async (signal) => void (await this.#engine.run('kill', '--signal', signal, id)),
      stop: async () => void (await this.#engine.run('rm', '--force', '--volumes', id)),
    };
  }

  async #placeOf(id: string): Promise<Pick<RunningPart, 'host' | 'pid'>> {
    const format = '{{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    const [pid = '', host = ''] = (await this.#engine.run('inspect', '--format', format, id)).split(' ');
    return { host, pid: Number(pid) };
  }

  async #ready(part: RunningPart, look: () => true | null | Promise<true | null>): Promise<RunningPart> {
    try {
      await waitFor(`${part.name} getting ready`, look);
      return part;
    } catch (cause) {
      const output = await this.#engine.run('logs', '--tail', '10', part.container ?? '').catch(() => '');
      await part.stop();
      throw new Error(`${part.name} could not be started:\n${output}`, { cause });
    }
  }
}

function options(option: string, values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
}
