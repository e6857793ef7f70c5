import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../../../examples/shop/start/find-program.ts';
import { prepareStore } from '../../../examples/shop/start/stores.ts';

export interface StackPorts {
  readonly nginx: number;
  readonly web: number;
  readonly udp: number;
  readonly redis: number;
  readonly postgres: number;
}

/**
 * nginx → a Node service → Redis and PostgreSQL, from Debian's packages, each with files and a port
 * of its own, ended by pid.
 */
export class RealStack {
  /** How the web service and its caller are called: by their working directories, like no other's. */
  readonly web: string;
  readonly caller: string;
  readonly ports: StackPorts;
  /** Working directories of web and caller are below it. */
  readonly directory: string;
  readonly #parts: readonly Part[];
  readonly #caller: Part;

  private constructor(directory: string, ports: StackPorts, parts: readonly Part[], caller: Part) {
    this.directory = directory;
    this.web = nameIn(directory, 'web');
    this.caller = nameIn(directory, 'caller');
    this.ports = ports;
    this.#parts = parts;
    this.#caller = caller;
  }

  /** @throws Error that names the package which is missing. */
  static async start(): Promise<RealStack> {
    const directory = await mkdtemp(join(tmpdir(), 'sheerline-stack-'));
    // PostgreSQL runs as its own user.
    await chmod(directory, 0o755);
    const parts: Part[] = [];
    try {
      const redis = await startStore('redis', directory, parts);
      const postgres = await startStore('postgres', directory, parts);
      const web = await startNode(nameIn(directory, 'web'), 'web-child.ts', directory, {
        STACK_REDIS: `redis://127.0.0.1:${redis}`,
        STACK_POSTGRES: `postgres://shop@127.0.0.1:${postgres}/postgres`,
      });
      parts.push(web);
      const [webPort = 0, udp = 0] = (await web.line()).split(' ').map(Number);
      const nginx = await startNginx(directory, webPort, parts);
      const caller = await startNode(nameIn(directory, 'caller'), 'caller-child.ts', directory, {});
      parts.push(caller);
      const ports = { nginx, web: webPort, udp, redis, postgres };
      return new RealStack(directory, ports, parts, caller);
    } catch (error) {
      await stopAll(parts, directory);
      throw error;
    }
  }

  /** Pid of the master, before its workers; of web the process itself. */
  pidOf(name: string): number {
    return this.#parts.find((part) => part.name === name)?.child.pid ?? -1;
  }

  /** The caller requests through nginx, over a connection for each. */
  request(path: '/pooled' | '/fresh', count: number, host = '127.0.0.1'): Promise<void> {
    return this.#call(`GET http://${host}:${this.ports.nginx}${path} ${count}`);
  }

  /** The caller and the web service exchange datagrams. */
  exchange(count: number): Promise<void> {
    return this.#call(`UDP ${this.ports.udp} ${count}`);
  }

  /** Connections that web opened to its stores, and accepted from nginx. */
  async truth(): Promise<{ readonly redis: number; readonly postgres: number; readonly nginx: number }> {
    const web = this.#parts.find(({ name }) => name === this.web);
    web?.child.stdin?.write('truth\n');
    // `as`: what web-child.ts prints.
    return JSON.parse((await web?.line()) ?? '') as { redis: number; postgres: number; nginx: number };
  }

  stop(): Promise<void> {
    return stopAll(this.#parts, this.directory);
  }

  async #call(line: string): Promise<void> {
    this.#caller.child.stdin?.write(`${line}\n`);
    await this.#caller.line();
  }
}

/** The end of a temporary directory's name is random. */
const nameIn = (directory: string, part: string): string =>
  `stack-${part}-${directory.slice(-6).toLowerCase()}`;

interface Part {
  readonly name: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  /** The next line of its standard output. */
  readonly line: () => Promise<string>;
}

async function startStore(store: 'redis' | 'postgres', directory: string, parts: Part[]): Promise<number> {
  const own = join(directory, store);
  await mkdir(own);
  const prepared = await prepareStore(store, own);
  const part = start(store, prepared.command, own, {});
  parts.push(part);
  await until(`${store} is ready`, part, () => prepared.isReady(part.output()) !== null);
  return prepared.port;
}

async function startNode(
  name: string,
  file: string,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<Part> {
  const own = join(directory, name);
  await mkdir(own);
  return start(name, [process.execPath, join(import.meta.dirname, file)], own, environment);
}

async function startNginx(directory: string, web: number, parts: Part[]): Promise<number> {
  const program = findProgram('nginx');
  if (program === null) throw new Error('nginx is not installed: apt-get install -y nginx-light');
  const own = join(directory, 'nginx');
  await mkdir(own);
  const port = await freePort();
  await writeFile(join(own, 'nginx.conf'), nginxConfiguration(own, port, web));
  const part = start('nginx', [program, '-e', 'stderr', '-p', own, '-c', join(own, 'nginx.conf')], own, {});
  parts.push(part);
  await until('nginx answers', part, async () => getText(port, '/ready').then(Boolean, () => false));
  return port;
}

/** In the foreground, with two workers, which it forks and which do all the work. */
const nginxConfiguration = (directory: string, port: number, web: number): string => `
daemon off;
user root;
worker_processes 2;
pid ${directory}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  upstream kept { server 127.0.0.1:${web}; keepalive 8; }
  server {
    listen 127.0.0.1:${port};
    listen [::1]:${port};
    location = /ready { return 200 "ready"; }
    location /pooled { proxy_pass http://kept; proxy_http_version 1.1; proxy_set_header Connection ""; }
    location /fresh { proxy_pass http://[::1]:${web}; }
  }
}
`;

function start(
  name: string,
  command: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Part {
  const [program = '', ...parameters] = command;
  const child = spawn(program, parameters, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: string): void => void (output += chunk);
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  child.on('error', (error) => keep(String(error)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name,
    child,
    output: () => output,
    line: async () => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`${name} ended: ${output}`);
      return next.value;
    },
  };
}

async function until(what: string, part: Part, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await isTrue()) return;
    if (part.child.exitCode !== null) break;
    await delay(50);
  }
  throw new Error(`not in time: ${what}\n${part.output()}`);
}

async function stopAll(parts: readonly Part[], directory: string): Promise<void> {
  for (const { name, child } of parts.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = once(child, 'exit');
    // PostgreSQL waits for its clients on SIGTERM, not on SIGINT.
    child.kill(name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    await exited;
  }
  await rm(directory, { recursive: true, force: true });
}

function getText(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', reject);
      response.on('end', () => resolve(body));
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
