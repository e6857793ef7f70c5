import { realpath } from 'node:fs/promises';
import { parseVersion } from './wire.ts';
import { EngineClient } from './engine-client.ts';

/** Long enough for any engine that works; `sheer up` waits for it. */
const LOOK_TIMEOUT_MS = 300;

const ROOT_SOCKET = '/run/podman/podman.sock';
const DOCKER_SOCKET = '/var/run/docker.sock';

export interface ContainerSocket {
  /** Which engine it is, by its own answer; by the socket's name where it gives none. */
  readonly id: 'podman' | 'docker';
  readonly path: string;
}

/**
 * Sockets of container engines on this machine, one per engine: `DOCKER_HOST`, Podman's of the
 * system and of the user, Docker's. A socket that is there but denied or dead is in it: to observe
 * it says why. Where there is none at all, the first place to look at is in it, so that an engine
 * that is started later is found.
 */
export async function findContainerSockets(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly ContainerSocket[]> {
  const wanted = dockerHost(environment['DOCKER_HOST']);
  const runtime = environment['XDG_RUNTIME_DIR'];
  const user = runtime === undefined || runtime === '' ? [] : [`${runtime}/podman/podman.sock`];
  const usual = [ROOT_SOCKET, ...user, DOCKER_SOCKET];
  const there = new Map<string, string>();
  for (const path of wanted === null ? usual : [wanted, ...usual]) {
    const real = await realpath(path).catch(() => null);
    if (real !== null && ![...there.values()].includes(real)) there.set(path, real);
    else if (path === wanted) there.set(path, path);
  }
  const found = there.size === 0 ? [ROOT_SOCKET] : [...there.keys()];
  const sockets = await Promise.all(found.map(async (path) => ({ id: await identify(path), path })));
  return sockets.filter((socket, index) => sockets.findIndex(({ id }) => id === socket.id) === index);
}

/** Only Unix sockets: what runs elsewhere is another machine's. */
function dockerHost(value: string | undefined): string | null {
  return value?.startsWith('unix://') === true ? value.slice('unix://'.length) : null;
}

async function identify(path: string): Promise<ContainerSocket['id']> {
  const client = new EngineClient(path);
  try {
    const version = parseVersion(await client.get('/version', LOOK_TIMEOUT_MS));
    if (version !== null) return version.product;
  } catch {
    // Its name must do.
  } finally {
    client.close();
  }
  return path.includes('podman') ? 'podman' : 'docker';
}
