import type { CapabilityAnswer, SourceAnswer, StatusAnswer } from '#model';
import { print, renderStatus, type CommandContext, type UpOptions } from '#cli';
import { preciseClock } from './clock.ts';
import { startControlPlane, type ControlPlane, type ControlPlaneOptions } from './control-plane.ts';
import { startDetached } from './detached.ts';
import { jsonLogger } from './logger.ts';

/** Where the API listens unless somebody says otherwise; if it is taken, on any port that is free. */
const USUAL_PORT = 7420;

/** How long the first look at every source may take; the status printed after it is worth reading. */
const FIRST_LOOK_MS_MAX = 2000;

/** `sheer up`: attaches to what runs here, until Ctrl-C or `sheer down`; or in the background. */
export async function up(options: UpOptions, context: CommandContext): Promise<number> {
  if (options.detach) {
    await startDetached(options, context);
    await printFirstLook(context, context.client());
    return 0;
  }
  const ended = Promise.withResolvers<void>();
  const plane = await start(options, context, ended.resolve);
  process.once('SIGTERM', () => ended.resolve());
  context.terminal.onInterrupt(() => ended.resolve());
  // In the background this goes to the log, which is often on the disk that is full.
  context.terminal.outliveFullDisk();
  // As everyone else asks: with what both loops know.
  await printFirstLook(context, context.client());
  await ended.promise;
  await plane.stop();
  return 0;
}

async function start(
  options: UpOptions,
  context: CommandContext,
  shutdown: () => void,
): Promise<ControlPlane> {
  const common: Omit<ControlPlaneOptions, 'port'> = {
    paths: context.paths,
    engines: options.engines,
    imageStores: options.imageStores,
    insecureRegistries: options.insecureRegistries,
    environment: process.env,
    clock: preciseClock,
    logger: jsonLogger((line) => context.terminal.writeError(line)),
    shutdown,
  };
  if (options.port !== null) return startControlPlane({ ...common, port: options.port });
  return startControlPlane({ ...common, port: USUAL_PORT, otherPort: true });
}

/** The questions of a control plane, here or over its API. */
interface Asked {
  readonly status: () => StatusAnswer | Promise<StatusAnswer>;
  readonly sources: () => readonly SourceAnswer[] | Promise<readonly SourceAnswer[]>;
  readonly capabilities: () => readonly CapabilityAnswer[] | Promise<readonly CapabilityAnswer[]>;
}

/** The status once every source has said how it stands, and which are not in it yet: they look as if they were not found. */
async function printFirstLook(context: CommandContext, asked: Asked): Promise<void> {
  const begin = performance.now();
  const capabilities = await asked.capabilities();
  // Formats are not attached to: there is nothing to wait for.
  const ids = capabilities.filter(({ kind }) => kind !== 'format').map(({ source }) => source);
  for (;;) {
    // Only them, again and again: a status counts all that runs, while that is being written down.
    const sources = await asked.sources();
    const states = new Map(sources.map(({ id, state }) => [id, state]));
    const isOver = performance.now() - begin > FIRST_LOOK_MS_MAX;
    if (isOver || ids.every((id) => (states.get(id) ?? 'starting') !== 'starting')) {
      const status = await asked.status();
      const unknown = ids.filter((id) => !states.has(id));
      const rest = unknown.length === 0 ? [] : ['', `  Still starting: ${unknown.join(', ')}.`];
      if (isOver || status.counts.instances > 0)
        return print(context, status, (shown, look) => [...renderStatus(shown, look), ...rest]);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
