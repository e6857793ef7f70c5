import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { print, statePaths, type CommandContext, type DemoOptions } from '#cli';
import { startShop, type Shop } from '../../../examples/shop/shop.ts';
import { preciseClock } from '../clock.ts';
import { startControlPlane, type ControlPlane } from '../control-plane.ts';
import { jsonLogger } from '../logger.ts';
import { compareCalls, isComplete } from './comparison.ts';
import { containerService, type ContainerService } from './container-service.ts';
import { renderDemo, type DemoResult } from './render-demo.ts';
import { declareShop } from './shop-declarations.ts';
import { takeAway, type TakeAway } from './take-away.ts';

/** Long enough for every service to have called every other a few times. */
const WATCH_MS = 8000;

/** Until a connection that was just opened is on the map: watermarks, then attribution. */
const SETTLE_MS = 2500;

/** Beside Ctrl-C. A terminal that is closed hangs up: containers would outlive the demo. */
const ENDING = ['SIGTERM', 'SIGHUP'] as const;

/** `sheer demo`: a small shop outside of Sheerline, what it really did, and what was found of it. */
export async function demo(options: DemoOptions, context: CommandContext): Promise<number> {
  const interrupted = Promise.withResolvers<void>();
  context.terminal.onInterrupt(() => interrupted.resolve());
  // Not once: a shell and its terminal both hang up.
  for (const signal of ENDING) process.on(signal, () => interrupted.resolve());
  const cleanUp: TakeAway[] = [];
  try {
    const result = await show(options, context, { cleanUp, interrupted: interrupted.promise });
    await print(context, result, renderDemo);
    return result.complete ? 0 : 1;
  } finally {
    await takeAway(cleanUp);
  }
}

interface Stage {
  /** What to take away again, in the order in which it came. */
  readonly cleanUp: TakeAway[];
  readonly interrupted: Promise<void>;
}

async function show(options: DemoOptions, context: CommandContext, stage: Stage): Promise<DemoResult> {
  const tell = (text: string): void => {
    if (!context.json) context.terminal.writeError(`${text}\n`);
  };
  const engine = options.engine ?? 'processes';
  const state = mkdtempSync(path.join(tmpdir(), 'sheerline-demo-'));
  stage.cleanUp.push(() => rmSync(state, { recursive: true, force: true }));
  const containers = engine === 'containers' ? await containerService(state) : null;
  if (containers !== null) stage.cleanUp.push(() => containers.stop());
  tell(`starting a small shop as ${engine}, outside of Sheerline`);
  const shop = await startShop({
    engine,
    ...(containers === null ? {} : { containerEnvironment: containers.environment }),
  });
  stage.cleanUp.push(() => shop.stop());
  tell('attaching to what runs here, read-only');
  const plane = await attach(state, context, containers);
  stage.cleanUp.push(() => plane.stop());
  declareShop(plane.loop.questions);
  const watchMs = Math.max(WATCH_MS, (options.forMs ?? 0) - SETTLE_MS);
  tell(`watching for ${Math.round(watchMs / 1000)} s`);
  await Promise.race([wait(watchMs), stage.interrupted]);
  return found(plane, shop, engine);
}

async function attach(
  state: string,
  context: CommandContext,
  containers: ContainerService | null,
): Promise<ControlPlane> {
  return startControlPlane({
    paths: statePaths(path.join(state, 'state'), {}, state),
    port: 0,
    engines: [],
    environment: { ...process.env, ...containers?.environment },
    clock: preciseClock,
    logger: jsonLogger((line) => context.terminal.writeError(line)),
    shutdown: () => undefined,
  });
}

/** What was sent is asked first: whatever is on the map later was sent before. */
async function found(plane: ControlPlane, shop: Shop, engine: DemoResult['engine']): Promise<DemoResult> {
  const { questions } = plane.loop;
  const sent = await shop.truth();
  await wait(SETTLE_MS);
  const everything = { at: null, team: null, environment: null };
  const parts = new Set(shop.services.map((service) => service.name));
  const calls = compareCalls(sent, questions.calls({ ...everything, since: null }), parts);
  return {
    engine,
    address: plane.address,
    status: questions.status(),
    services: questions.services(everything).filter((service) => parts.has(service.name)),
    calls: [...calls],
    complete: isComplete(calls),
  };
}
