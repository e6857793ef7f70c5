import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';

/** How the fake treats the next requests. */
export type Behaviour = 'well' | 'hangs' | 'garbage' | 'no-http' | 'huge' | 'fails';

interface FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
  pid: number;
  running: boolean;
  startedAtMs: number;
  finishedAtMs: number;
}

const IMAGE = `sha256:${'a'.repeat(64)}`;
const NEVER = '0001-01-01T00:00:00Z';

/**
 * Plays the Docker Engine API on a Unix socket: no containers, only what is said of them. It is as
 * good or as bad as a test asks, and fast enough to measure the client against.
 */
export class FakeEngine {
  readonly socketPath: string;
  behaviour: Behaviour = 'well';
  readonly requests: string[] = [];
  version: { readonly api: string; readonly minimum: string } = { api: '1.47', minimum: '1.24' };
  readonly #containers = new Map<string, FakeContainer>();
  readonly #history: { readonly atMs: number; readonly line: string }[] = [];
  readonly #followers = new Set<ServerResponse>();
  readonly #sockets = new Set<Socket>();
  readonly #starting = new Set<string>();
  #server: Server | null = null;
  #made = 0;
  #lastNano = 0;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.socketPath, resolve));
  }

  /** Goes down and leaves no socket behind. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    this.dropConnections();
    await closed;
    await rm(this.socketPath, { force: true });
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#followers.clear();
  }

  /** A container that is made and started; its full id. `gone`: it has ended before anyone can ask. */
  start(
    options: { readonly labels?: Readonly<Record<string, string>>; readonly gone?: boolean } = {},
  ): string {
    const number = this.#made++;
    const id = createHash('sha256').update(`${this.socketPath} ${number}`).digest('hex');
    const container = {
      id,
      name: `fake-${number}`,
      ip: `10.77.${Math.floor(number / 250) % 250}.${(number % 250) + 2}`,
      labels: options.labels ?? {},
      pid: 4_000_000 + number,
      running: true,
      startedAtMs: Date.now(),
      finishedAtMs: 0,
    };
    this.#containers.set(id, container);
    this.#happened(container, 'create');
    this.#happened(container, 'start');
    if (options.gone === true) this.stop(id, true);
    return id;
  }

  /** A container that is made, and begins to start; until it has, Docker answers no inspect of it. */
  make(): void {
    const number = this.#made++;
    const id = createHash('sha256').update(`${this.socketPath} ${number}`).digest('hex');
    this.#starting.add(id);
    this.#happened({ id, name: `fake-${number}`, labels: {} }, 'create');
  }

  stop(id: string, remove = false): void {
    const container = this.#containers.get(id);
    if (container === undefined) throw new Error(`there is no container ${id}`);
    container.running = false;
    container.finishedAtMs = Date.now();
    this.#happened(container, 'die');
    if (!remove) return;
    this.#containers.delete(id);
    this.#happened(container, 'destroy');
  }

  /** When each container that runs was started. */
  inventory(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.#containers.values()].map((each) => [each.id, rfc3339(each.startedAtMs)]),
    );
  }

  /** Sends something to those who follow events; without a newline it stays half a line. */
  sendRaw(text: string): void {
    for (const follower of this.#followers) follower.write(text);
  }

  #happened(container: Pick<FakeContainer, 'id' | 'name' | 'labels'>, action: string): void {
    const atMs = Date.now();
    const line = JSON.stringify({
      status: action,
      id: container.id,
      from: 'shop/web:1',
      Type: 'container',
      Action: action,
      Actor: {
        ID: container.id,
        Attributes: { ...container.labels, image: 'shop/web:1', name: container.name },
      },
      scope: 'local',
      time: Math.floor(atMs / 1000),
      timeNano: this.#nextNano(atMs),
    });
    this.#history.push({ atMs, line });
    this.sendRaw(`${line}\n`);
  }

  /** Docker writes nanoseconds as a JSON number; of two events the later one has the later time. */
  #nextNano(atMs: number): number {
    this.#lastNano = Math.max(atMs * 1e6, this.#lastNano + 1000);
    return this.#lastNano;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://fake');
    this.requests.push(`${request.method} ${url.pathname}`);
    switch (this.behaviour) {
      case 'hangs':
        return;
      case 'garbage':
        response.end('<html>It works!</html>');
        return;
      case 'no-http':
        request.socket.end('220 smtp.example ESMTP\r\n');
        return;
      case 'huge':
        sendForever(response);
        return;
      case 'fails':
        response.writeHead(500).end('{"message": "out of order"}');
        return;
      case 'well':
        this.#answerWell(url, response);
    }
  }

  #answerWell(url: URL, response: ServerResponse): void {
    const path = url.pathname.replace(/^\/v[\d.]+/, '');
    if (path === '/events') {
      this.#follow(Number(url.searchParams.get('since') ?? '0'), response);
      return;
    }
    if (this.#starting.has(path.split('/')[2] ?? '')) return;
    const body = this.#body(path);
    response.writeHead(body === null ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { message: 'no such thing' }));
  }

  #follow(sinceSeconds: number, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const { atMs, line } of this.#history) if (atMs >= sinceSeconds * 1000) response.write(`${line}\n`);
    this.#followers.add(response);
    response.once('close', () => this.#followers.delete(response));
  }

  #body(path: string): unknown {
    if (path === '/_ping') return 'OK';
    if (path === '/version') return this.#versionBody();
    if (path === '/images/json') {
      return [
        { Id: IMAGE, RepoTags: ['shop/web:1'], RepoDigests: [`shop/web@${IMAGE}`], Size: 1000, Labels: null },
      ];
    }
    if (path === `/images/${IMAGE}/json`) {
      return {
        Id: IMAGE,
        Created: '2026-01-01T00:00:00Z',
        Os: 'linux',
        Architecture: 'amd64',
        RootFS: { Layers: [IMAGE] },
      };
    }
    if (path === '/containers/json') return [...this.#containers.values()].map(listed);
    const container = this.#containers.get(/^\/containers\/([0-9a-f]{64})\/json$/.exec(path)?.[1] ?? '');
    return container === undefined ? null : inspected(container);
  }

  #versionBody(): unknown {
    const { api, minimum } = this.version;
    return { Version: '27.0.0', ApiVersion: api, MinAPIVersion: minimum, Components: [{ Name: 'Engine' }] };
  }
}

function listed(container: FakeContainer): unknown {
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: 'shop/web:1',
    ImageID: IMAGE,
    State: container.running ? 'running' : 'exited',
    Labels: container.labels,
    HostConfig: { NetworkMode: 'shop' },
    NetworkSettings: { Networks: networks(container) },
  };
}

function inspected(container: FakeContainer): unknown {
  return {
    Id: container.id,
    Name: `/${container.name}`,
    Image: IMAGE,
    State: {
      Status: container.running ? 'running' : 'exited',
      Running: container.running,
      Paused: false,
      Pid: container.running ? container.pid : 0,
      StartedAt: rfc3339(container.startedAtMs),
      FinishedAt: container.finishedAtMs === 0 ? NEVER : rfc3339(container.finishedAtMs),
    },
    Config: {
      Image: 'shop/web:1',
      Labels: container.labels,
      Env: ['SECRET=never-recorded'],
      Cmd: ['web', '--token', 'x'],
    },
    HostConfig: { NetworkMode: 'shop', ExtraHosts: null },
    NetworkSettings: { Ports: { '80/tcp': null }, Networks: networks(container) },
  };
}

const networks = ({ ip, running }: FakeContainer): unknown => ({
  shop: { NetworkID: 'b'.repeat(64), IPAddress: running ? ip : '', GlobalIPv6Address: '' },
});

const rfc3339 = (atMs: number): string => new Date(atMs).toISOString();

function sendForever(response: ServerResponse): void {
  const chunk = Buffer.alloc(1024 * 1024, '[');
  const send = (): void => {
    while (!response.destroyed && response.write(chunk)) continue;
    response.once('drain', send);
  };
  send();
}
