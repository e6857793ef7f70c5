import type { CapabilityAnswer, SourceAnswer, StatusAnswer } from '#model';
import { print, renderStatus, type CommandContext, type UpOptions } from '#cli';
import { preciseClock } from './clock.ts';
import { startControlPlane, type ControlPlane, type ControlPlaneOptions } from './control-plane.ts';
import { startDetached } from './detached.ts';
import { jsonLogger } from './logger.ts';

/** Where the API listens unless somebody says otherwise; if it is taken, on any port that is free. */
const USUAL_PORT = 7420;

/** How long the first look at every source may take; the status printed after it is worth reading. */
const FIRST_LOOK_MS_MAX = 1500;

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
  await printFirstLook(context, plane.loop.questions);
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
  readonly capabilities: () => readonly CapabilityAnswer[] | Promise<readonly CapabilityAnswer[]>;
}

/** The status once every source has said how it stands, and which have not: what is not named looks as if it was not found. */
async function printFirstLook(context: CommandContext, asked: Asked): Promise<void> {
  const begin = performance.now();
  const ids = (await asked.capabilities()).map(({ source }) => source);
  for (;;) {
    const status = await asked.status();
    const hasSpoken = new Set(status.sources.filter(isOfThisLife).map(({ id }) => id));
    const silent = ids.filter((id) => !hasSpoken.has(id));
    const isComplete = status.counts.instances > 0 && silent.length === 0;
    if (isComplete || performance.now() - begin > FIRST_LOOK_MS_MAX) {
      const rest = silent.length === 0 ? [] : ['', `  Still starting: ${silent.join(', ')}.`];
      return print(context, status, (shown, look) => [...renderStatus(shown, look), ...rest]);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** After a restart a source is known as it stood at the end: stopped, or with a gap since. */
const isOfThisLife = ({ state, lastHeard }: SourceAnswer): boolean =>
  state === 'inactive' || (state === 'live' && lastHeard !== null);
