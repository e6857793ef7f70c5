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
    await print(context, await context.client().status(), renderStatus);
    return 0;
  }
  const ended = Promise.withResolvers<void>();
  const plane = await start(options, context, ended.resolve);
  process.once('SIGTERM', () => ended.resolve());
  context.terminal.onInterrupt(() => ended.resolve());
  await firstLook(plane);
  await print(context, plane.loop.questions.status(), renderStatus);
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

/** Until every engine has said something, but not for long. */
async function firstLook({ loop }: ControlPlane): Promise<void> {
  const isReady = (): boolean =>
    loop.engineIds.every((id) => loop.questions.sources().some((source) => source.id === id));
  for (let waitedMs = 0; waitedMs < FIRST_LOOK_MS_MAX && !isReady(); waitedMs += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
