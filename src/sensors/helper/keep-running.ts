import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowEvent, SourceData } from '#model';
import { findProgram } from './find-program.ts';
import { HelperProcess, type HelperCommand, type HelperEnd, type HelperReader } from './helper-process.ts';

/** How a sensor lives from a helper program. */
export interface HelperPlan {
  /** `kernel events (bpftrace v0.17.0)` */
  readonly description: string;
  /** Asked before each run: why it can't work now, with what would change it; null when it can. */
  refusal(): Promise<string | null>;
  /** A new run: what to start, and who reads it. */
  start(): Promise<{ readonly command: HelperCommand; readonly reader: HelperReader }>;
  /** Why a run ended, in words for people, with the next step. */
  explain(end: HelperEnd): string;
  /** A run that printed nothing for so many ticks of 250 ms hangs; infinite where silence is normal. */
  readonly silentTicksMax: number;
  /** Told the helper's pid, and null when it has ended. */
  onPid(pid: number | null): void;
}

/** What refused it is looked at again after this time. */
const REFUSED_MS = 10_000;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LAST_MS = 30_000;

/**
 * Runs the helper until `signal` aborts: `live` with its first event, `gap` when it dies (`inactive`
 * as long as it has never lived), then another run with backoff. On abort, the helper is gone before
 * the iteration ends.
 */
export async function* keepRunning(
  plan: HelperPlan,
  signal: AbortSignal,
): AsyncIterable<readonly FlowEvent[]> {
  const state = new ReportedState(plan);
  let backoffMs = BACKOFF_FIRST_MS;
  while (!signal.aborted) {
    const refusal = await plan.refusal();
    if (refusal !== null) {
      yield [state.interrupted(refusal)];
      await pause(REFUSED_MS, signal);
      continue;
    }
    const { command, reader } = await plan.start();
    const helper = new HelperProcess(await endedWithParent(command), reader);
    plan.onPid(helper.pid);
    const livedBefore = state.runs;
    yield* readRun(helper, plan, state, signal);
    if (signal.aborted) return;
    yield [state.interrupted(plan.explain(helper.end ?? { code: null, signal: null, complaint: '' }))];
    backoffMs = state.runs > livedBefore ? BACKOFF_FIRST_MS : Math.min(backoffMs * 2, BACKOFF_LAST_MS);
    await pause(backoffMs, signal);
  }
}

/** Has the kernel end the helper when we die, however we die; it keeps its pid. */
async function endedWithParent(command: HelperCommand): Promise<HelperCommand> {
  const setpriv = await findProgram('setpriv');
  if (setpriv === null) return command;
  return {
    ...command,
    command: setpriv,
    args: ['--pdeathsig', 'KILL', '--', command.command, ...command.args],
  };
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch(() => undefined);
}

async function* readRun(
  helper: HelperProcess,
  plan: HelperPlan,
  state: ReportedState,
  signal: AbortSignal,
): AsyncIterable<readonly FlowEvent[]> {
  const stop = (): void => helper.kill();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const watchdog = setInterval(() => {
    if (helper.silentTicks > plan.silentTicksMax) helper.kill();
  }, 1_000);
  watchdog.unref();
  try {
    let first = true;
    for (let events = await helper.next(); events !== null; events = await helper.next()) {
      if (signal.aborted) continue;
      if (first) yield [state.live()];
      first = false;
      state.count(events);
      yield events;
    }
  } finally {
    clearInterval(watchdog);
    signal.removeEventListener('abort', stop);
    helper.kill();
    plan.onPid(null);
  }
}

/** What the sensor says of itself. */
class ReportedState {
  readonly #plan: HelperPlan;
  #lost = 0;
  /** How many runs have come to life. */
  runs = 0;

  constructor(plan: HelperPlan) {
    this.#plan = plan;
  }

  count(events: readonly FlowEvent[]): void {
    for (const event of events) if (event.kind === 'lost') this.#lost += event.count;
  }

  live(): FlowEvent {
    this.runs += 1;
    return this.#event('live', null);
  }

  interrupted(reason: string): FlowEvent {
    return this.#event(this.runs === 0 ? 'inactive' : 'gap', reason);
  }

  #event(state: SourceData['state'], reason: string | null): FlowEvent {
    return {
      kind: 'state',
      data: { kind: 'sensor', state, reason, description: this.#plan.description, lost: this.#lost },
    };
  }
}
