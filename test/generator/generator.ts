import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** Where a program of the generator runs; the host's own place when nothing is given. */
export interface GeneratorPlace {
  /** A network namespace: `/run/netns/NAME` or `/proc/PID/ns/net`. */
  readonly networkNamespace?: string;
  /** Directory of the cgroup (v2) that it joins before it opens a socket. */
  readonly cgroup?: string;
}

/** One connection, as the one who opened or accepted it logged it. */
export interface TrueConnection {
  /** Unix time in milliseconds, after the connection was made. */
  readonly at: number;
  /** 0 where it is not known: a failed connection of the Node program. */
  readonly ownPort: number;
  readonly peerPort: number;
  /** 0, or an error number: 111 is "connection refused". */
  readonly outcome: number;
}

/** Who did it: what a sensor has to find out. */
export interface TrueProcess {
  readonly pid: number;
  readonly startTicks: number;
}

export interface TrueServer extends TrueProcess {
  readonly ports: readonly number[];
  /** Ends it; every connection that it accepted. */
  end(): Promise<readonly TrueConnection[]>;
}

/** `node` reaches about 2,000 connections a second; `native` is compiled by gcc and reaches 30,000. */
export type GeneratorProgram = 'node' | 'native';

interface Common {
  readonly address: string;
  readonly place?: GeneratorPlace;
  readonly program?: GeneratorProgram;
}

/** Listens on `ports` ports (1) and echoes what it gets, until it is ended. */
export async function serveConnections(options: Common & { readonly ports?: number }): Promise<TrueServer> {
  const child = await start(options, ['serve', options.address, String(options.ports ?? 1)]);
  const lines = createInterface({ input: outputOf(child) })[Symbol.asyncIterator]();
  const first = await lines.next();
  const ports = /^listening ([\d,]+)$/.exec(String(first.value))?.[1];
  if (ports === undefined) throw new Error(`the server of the generator said "${String(first.value)}"`);
  return {
    ...(await identify(child)),
    ports: ports.split(',').map(Number),
    end: async () => {
      child.stdin?.end();
      return await readConnections(lines);
    },
  };
}

/** Opens `count` connections, `perSecond` of them each second, in turn to each of the ports. */
export async function openConnections(
  options: Common & {
    readonly ports: readonly number[];
    readonly perSecond: number;
    readonly count: number;
    readonly lifetimeMs: number;
    /** Sent, and echoed. */
    readonly payloadBytes?: number;
  },
): Promise<{ readonly process: TrueProcess; readonly connections: readonly TrueConnection[] }> {
  const child = await start(options, [
    'connect',
    options.address,
    options.ports.join(','),
    String(options.perSecond),
    String(options.count),
    String(options.lifetimeMs * 1_000),
    String(options.payloadBytes ?? 0),
  ]);
  const lines = createInterface({ input: outputOf(child) })[Symbol.asyncIterator]();
  return { process: await identify(child), connections: await readConnections(lines) };
}

/** Every step replaces the one before, so the child's pid is the program's. */
async function start(options: Common, words: readonly string[]): Promise<ChildProcess> {
  const { networkNamespace, cgroup } = options.place ?? {};
  const program = options.program === 'native' ? [await nativeProgram()] : [process.execPath, nodeProgram()];
  const enter = networkNamespace === undefined ? [] : ['nsenter', `--net=${networkNamespace}`, '--'];
  const move = cgroup === undefined ? '' : 'echo $$ > "$CGROUP/cgroup.procs" && ';
  return spawn('sh', ['-c', `${move}exec "$@"`, 'sh', ...enter, ...program, ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, CGROUP: cgroup ?? '', NODE_OPTIONS: '', NODE_TEST_CONTEXT: '' },
  });
}

function outputOf(child: ChildProcess): NodeJS.ReadableStream {
  if (child.stdout === null) throw new Error('the generator has no output');
  return child.stdout;
}

/** Field 22 of its stat, counted from behind the command's closing bracket. */
async function identify(child: ChildProcess): Promise<TrueProcess> {
  const pid = child.pid ?? 0;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, startTicks: Number(fields[19]) };
}

async function readConnections(lines: AsyncIterator<string>): Promise<readonly TrueConnection[]> {
  const connections: TrueConnection[] = [];
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    const [at = 0, ownPort = 0, peerPort = 0, outcome = 0] = line.value.split(' ').map(Number);
    connections.push({ at: at / 1e6, ownPort, peerPort, outcome });
  }
  return connections;
}

function nodeProgram(): string {
  return join(import.meta.dirname, 'connections-entry.ts');
}

/** Compiled once per version of its source, into the user's cache. */
async function nativeProgram(): Promise<string> {
  const source = join(import.meta.dirname, 'connections.c');
  const digest = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 16);
  const directory = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sheerline');
  const target = join(directory, `connections-${digest}`);
  const there = await access(target).then(
    () => true,
    () => false,
  );
  if (there) return target;
  await mkdir(directory, { recursive: true });
  const draft = `${target}.${process.pid}`;
  await promisify(execFile)('gcc', ['-O2', '-o', draft, source]).catch((cause: unknown) => {
    throw new Error('gcc is needed; install it with: apt-get install gcc libc6-dev', { cause });
  });
  await rename(draft, target);
  return target;
}

/** A control group of the unified (v2) hierarchy, wherever that is mounted. */
export async function unifiedHierarchy(): Promise<string> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const path = /^\S+ (\S+) cgroup2 /m.exec(mounts)?.[1];
  if (path === undefined) throw new Error('the unified cgroup hierarchy is not mounted');
  return path;
}
