import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { TestEvent } from './events.ts';
import { OwnGround } from './own-ground.ts';

/** What came of one test file, or of one tool of the gate. */
export interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly skipped: readonly string[];
  readonly durationMs: number;
  /** Its output, for the reader of a failure. */
  readonly output: string;
}

export interface Failure {
  readonly name: string;
  readonly message: string;
}

const REPORTER = join(import.meta.dirname, 'reporter.ts');
/** Time to clean up between the polite signal and the last one: on a busy machine containers take long to remove. */
const GRACE_MS = 30_000;
/** A chatty test must not fill our memory. */
const OUTPUT_LENGTH_MAX = 1_000_000;

/**
 * Runs a test file in a process group and on a ground of its own, which are gone afterwards, also
 * when it is `interrupted`.
 */
export async function runTestFile(
  file: string,
  deadlineMs: number,
  interrupted: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const ground = new OwnGround();
  const began = performance.now();
  const command = [
    process.execPath,
    `--test-reporter=${REPORTER}`,
    `--test-reporter-destination=${ground.events}`,
    file,
  ];
  const end = await runProcess(command, { deadlineMs, interrupted, environment: ground.environment });
  const durationMs = performance.now() - began;
  const events = readEvents(ground.events);
  return judge(file, end, { events, deadlineMs, durationMs, left: await ground.clear() });
}

/** Runs a tool of the gate, which passes or fails as a whole. */
export async function runTool(
  name: string,
  command: readonly string[],
  deadlineMs: number,
): Promise<Outcome> {
  const began = performance.now();
  const end = await runProcess(command, { deadlineMs });
  const failures = end.explanation === null ? [] : [{ name, message: end.explanation }];
  return {
    name,
    passed: failures.length === 0 ? 1 : 0,
    failures,
    skipped: [],
    durationMs: performance.now() - began,
    output: end.output,
  };
}

interface ProcessEnd {
  /** Null when it ended with 0 in time. */
  readonly explanation: string | null;
  /** Ended by us, too late or interrupted. */
  readonly cut: boolean;
  readonly output: string;
}

interface ProcessOptions {
  readonly deadlineMs: number;
  readonly interrupted?: AbortSignal;
  readonly environment?: NodeJS.ProcessEnv;
}

async function runProcess(command: readonly string[], options: ProcessOptions): Promise<ProcessEnd> {
  const [program = '', ...parameters] = command;
  const child = spawn(program, parameters, {
    detached: true,
    env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: string): void => {
    if (output.length < OUTPUT_LENGTH_MAX) output += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const stop = new AbortController();
  const cut = cutShort(child, options, stop.signal);
  const explanation = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => {
      resolve(`${program} could not be started: ${error.message}`);
    });
    // `exit`, not `close`: a process that a test left behind must not hold the pipe open for ever.
    child.once('exit', (code, signal) => {
      if (cut.reason !== null) resolve(cut.reason);
      else if (signal !== null) resolve(`was ended by ${signal}`);
      else resolve(code === 0 ? null : `ended with exit code ${code}`);
    });
  });
  stop.abort();
  signalGroup(child, 'SIGKILL');
  return { explanation, cut: cut.reason !== null, output };
}

/** Ends the group when it is late or interrupted; the reason is null for as long as neither happens. */
function cutShort(
  child: ChildProcess,
  { deadlineMs, interrupted }: ProcessOptions,
  stopped: AbortSignal,
): { reason: string | null } {
  const cut: { reason: string | null } = { reason: null };
  const timers: NodeJS.Timeout[] = [];
  const end = (reason: string): void => {
    cut.reason ??= reason;
    signalGroup(child, 'SIGTERM');
    timers.push(setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS));
  };
  timers.push(setTimeout(() => end(`did not end within ${deadlineMs / 1000} s`), deadlineMs));
  interrupted?.addEventListener('abort', () => end('was interrupted'), { signal: stopped });
  stopped.addEventListener('abort', () => timers.forEach((timer) => clearTimeout(timer)));
  return cut;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group is gone already, as it should be.
  }
}

function readEvents(path: string): readonly TestEvent[] {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // It ended before it reported anything; that it ran no test is said by the caller.
  }
  // A process that was killed leaves half a line at the end. The reporter is ours, hence the type.
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as TestEvent);
}

interface Run {
  readonly events: readonly TestEvent[];
  readonly deadlineMs: number;
  readonly durationMs: number;
  /** What the file left behind. */
  readonly left: readonly string[];
}

function judge(file: string, end: ProcessEnd, run: Run): Outcome {
  const passed = run.events.filter((event) => event.kind === 'passed').length;
  const skipped = run.events.filter((event) => event.kind === 'skipped');
  const failures = run.events.filter((event) => event.kind === 'failed');
  return {
    name: file,
    passed,
    failures: [
      ...failures,
      ...ownFailures(end, run, passed + skipped.length + failures.length),
      ...leftBehind(end, run),
    ],
    skipped: skipped.map((event) => `${event.name} (${event.reason})`),
    durationMs: run.durationMs,
    output: end.output,
  };
}

/** What is wrong with the file as a whole. */
function ownFailures(end: ProcessEnd, run: Run, tests: number): readonly Failure[] {
  const open = unfinished(run.events);
  const failedInside = run.events.some((event) => event.kind === 'failed');
  const complete = run.events.some((event) => event.kind === 'done');
  // A failed test makes its process fail, which says nothing more; these do.
  const isCut = end.cut || open.length > 0 || (end.explanation === null && !complete);
  if (isCut || (end.explanation !== null && !failedInside)) {
    const running = open.length === 0 ? 'no test was running any more' : `running: ${open.join(' › ')}`;
    return [{ name: '(file)', message: `${end.explanation ?? 'ended before its tests did'}; ${running}` }];
  }
  return tests === 0 ? [{ name: '(file)', message: 'holds no test' }] : [];
}

/** A file that was ended could not clean up. */
function leftBehind({ cut }: ProcessEnd, { left }: Run): readonly Failure[] {
  return cut || left.length === 0 ? [] : [{ name: '(file)', message: `left behind: ${left.join(', ')}` }];
}

function unfinished(events: readonly TestEvent[]): readonly string[] {
  const open = new Map<number, string>();
  for (const event of events) {
    if (event.kind === 'began') open.set(event.id, event.name);
    if (event.kind === 'ended') open.delete(event.id);
  }
  return [...open.values()];
}
