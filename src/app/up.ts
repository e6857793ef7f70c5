import type { StatusAnswer } from '#model';
import { print, renderStatus, type CommandContext, type UpOptions } from '#cli';
import { preciseClock } from './clock.ts';
import { startControlPlane, type ControlPlane, type ControlPlaneOptions } from './control-plane.ts';
import { startDetached } from './detached.ts';
import { jsonLogger } from './logger.ts';

/** Where the API listens unless somebody says otherwise; if it is taken, on any port that is free. */
const USUAL_PORT = 7420;

/** What a first look at the engines takes; the status printed after it is worth reading. */
const FIRST_LOOK_MS_MAX = 700;

/** `sheer up`: attaches to what runs here, until Ctrl-C or `sheer down`; or in the background. */
export async function up(options: UpOptions, context: CommandContext): Promise<number> {
  if (options.detach) {
    await startDetached(options, context);
    const client = context.client();
    await print(context, await afterFirstLook(() => client.status()), renderStatus);
    return 0;
  }
  const ended = Promise.withResolvers<void>();
  const plane = await start(options, context, ended.resolve);
  process.once('SIGTERM', () => ended.resolve());
  context.terminal.onInterrupt(() => ended.resolve());
  const status = await afterFirstLook(() => Promise.resolve(plane.loop.questions.status()));
  await print(context, status, renderStatus);
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

/** The status once something is known: the control plane itself listens, so that is soon. */
async function afterFirstLook(ask: () => Promise<StatusAnswer>): Promise<StatusAnswer> {
  const begin = performance.now();
  for (;;) {
    const status = await ask();
    if (status.counts.instances > 0 || performance.now() - begin > FIRST_LOOK_MS_MAX) return status;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
