import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseDuration } from '#model';
import { ClientError } from '#sdk';
import { CliError } from '../cli-error.ts';
import { print } from '../command.ts';
import type { CommandContext, CommandDefinition, Given } from '../command.ts';
import { renderStatus } from '../render/status.ts';

/** The commands that need no control plane; the app has them. Each gives the exit code. */
export interface Handlers {
  readonly up: (options: UpOptions, context: CommandContext) => Promise<number>;
  readonly demo: (options: DemoOptions, context: CommandContext) => Promise<number>;
}

export interface UpOptions {
  /** Return when the API answers. */
  readonly detach: boolean;
  /** Null: the usual one. */
  readonly port: number | null;
  /** Only these; empty: all that are here. */
  readonly engines: readonly string[];
  /** OCI layouts (directories) and archives of images (files); absolute paths. */
  readonly imageStores: readonly string[];
  /** `HOST` or `HOST:PORT`, with which plain HTTP may be spoken. */
  readonly insecureRegistries: readonly string[];
}

export interface DemoOptions {
  /** Null: processes, which work on any machine. */
  readonly engine: 'processes' | 'containers' | null;
  /** Null: long enough to see every call. */
  readonly forMs: number | null;
}

/** Starting, stopping and looking after the control plane. */
export function controlCommands(handlers: Handlers): readonly CommandDefinition[] {
  return [
    {
      name: 'up',
      summary: 'attaches to what runs here, read-only, and answers',
      options: [
        { flags: '--detach', description: 'return when the API answers' },
        { flags: '--port <port>', description: 'of the API on 127.0.0.1' },
        {
          flags: '--engine <name...>',
          description:
            'attach to these only: containers, podman, docker, processes; without it to all that are here',
        },
        {
          flags: '--image-store <place...>',
          description:
            'read images also from these: OCI layouts, archives of `podman save` and `docker save`',
        },
        {
          flags: '--insecure-registry <host...>',
          description:
            'speak plain HTTP with these registries, and show them what you logged in with: anybody on the way can read and change both',
        },
      ],
      examples: [
        ['up', 'until Ctrl-C'],
        ['up --detach', 'in the background; `sheer down` stops it'],
        ['up --engine processes', 'without the containers'],
      ],
      run: (context, given) => handlers.up(upOptions(context, given), context),
    },
    {
      name: 'down',
      summary: 'stops the control plane; nothing that runs notices',
      examples: [['down', 'stops the one on this machine']],
      run: down,
    },
    {
      name: 'status',
      summary: 'the control plane, its sources, and what it knows',
      examples: [['status', 'whether every source is live, and what needs attention']],
      run: async (context) => print(context, await context.client().status(), renderStatus),
    },
    {
      name: 'demo',
      summary: 'starts a small shop, attaches to it, and shows what was found',
      options: [
        {
          flags: '--engine <engine>',
          description: 'how the shop runs',
          choices: ['processes', 'containers'],
        },
        { flags: '--for <seconds>', description: 'how long it takes: 30 (seconds), 30s, 5m; at least 10 s' },
      ],
      examples: [['demo --for 30s', 'half a minute of it; leaves nothing behind']],
      run: (context, given) => handlers.demo(demoOptions(given), context),
    },
  ];
}

function upOptions(context: CommandContext, given: Given): UpOptions {
  if (context.server !== null) {
    throw new CliError('invalid-input', 'up starts a control plane here; --server is one elsewhere', {
      next: 'sheer up, without --server',
    });
  }
  const port = given.count('port') ?? null;
  if (port !== null && port > 65_535) throw new CliError('invalid-input', `--port: ${port} is not a port`);
  return {
    detach: given.flag('detach'),
    port,
    engines: given.texts('engine'),
    // In the background it works elsewhere.
    imageStores: given.texts('imageStore').map((place) => resolve(place)),
    insecureRegistries: given.texts('insecureRegistry').map(registryHost),
  };
}

/** As image names begin: without a dot or a port it would be none. */
function registryHost(text: string): string {
  if (/^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+|\[[0-9a-f:]+\]|[a-z0-9-]+(?=:))(?::\d{1,5})?$/i.test(text))
    return text;
  throw new CliError('invalid-input', `--insecure-registry: "${text}" is no registry`, {
    next: 'name it as images do: registry.example:5000',
  });
}

function demoOptions(given: Given): DemoOptions {
  const duration = given.text('for');
  return {
    // The parser took no other.
    engine: (given.text('engine') ?? null) as DemoOptions['engine'],
    // A bare number is of seconds.
    forMs: duration === undefined ? null : parseDuration(/^\d+$/.test(duration) ? `${duration}s` : duration),
  };
}

const POLL_MS = 20;
const PATIENCE_MS = 10_000;

/**
 * Level-based: it is done when nothing answers any more, also when nothing did before. On this
 * machine its process is then gone, too: it writes for a moment longer than it answers.
 */
async function down(context: CommandContext): Promise<number> {
  const client = context.client();
  const pid =
    context.server === null
      ? await client.status().then(
          (status) => status.pid,
          () => null,
        )
      : null;
  const wasRunning = await answers(() => client.shutdown());
  if (!wasRunning && context.server !== null) throw unreachableServer(context.server);
  const isOver = async (): Promise<boolean> =>
    !(await answers(() => client.health())) && (pid === null || !isRunning(pid));
  for (let waitedMs = 0; !(await isOver()); waitedMs += POLL_MS) {
    if (waitedMs >= PATIENCE_MS) {
      throw new CliError('state-in-use', 'the control plane was told to stop, and still runs', {
        next: 'sheer status',
      });
    }
    await wait(POLL_MS);
  }
  const words = wasRunning ? 'stopped' : `nothing was running in ${context.paths.state}`;
  await print(context, { stopped: wasRunning }, () => [words]);
  return 0;
}

function unreachableServer(server: string): CliError {
  return new CliError('control-plane-unreachable', `the control plane at ${server} can't be reached`);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'control-plane-unreachable') return false;
    throw error;
  }
}
