import { spawn } from 'node:child_process';
import { closeSync, readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SheerError } from '#model';
import type { CommandContext, UpOptions } from '#cli';
import { prepareStateDirectory } from '#store';
import { openLogFile, type LogFile } from './log-file.ts';

const POLL_MS = 10;
const PATIENCE_MS = 30_000;

/** Starts the control plane in a process of its own; returns when its API answers. */
export async function startDetached(options: UpOptions, context: CommandContext): Promise<void> {
  const { state } = context.paths;
  const log = path.join(state, 'control-plane.log');
  const { descriptor: output, size: begin } = await openLog(context, log);
  const entry = process.argv[1] ?? '';
  // What this process compiled the child needs too: it starts sooner, and never loads the compiler.
  flushCompileCache();
  const child = spawn(process.execPath, [...process.execArgv, entry, ...argumentsFor(options, state)], {
    detached: true,
    stdio: ['ignore', output, output],
    cwd: '/',
  });
  closeSync(output);
  let exited: number | null = null;
  child.once('exit', (code) => (exited = code ?? 1));
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    if (exited !== null) throw refused(log, begin);
    const pid = await context
      .client()
      .status()
      .then(
        (status) => status.pid,
        () => null,
      );
    if (pid === child.pid) {
      child.unref();
      return;
    }
    await wait(POLL_MS);
  }
  child.kill('SIGTERM');
  throw new SheerError('control-plane-unreachable', 'the control plane was started, and does not answer', {
    next: `less ${log}`,
  });
}

/** What is there stays: a control plane that runs already writes there, too. */
async function openLog(context: CommandContext, log: string): Promise<LogFile> {
  const { state } = context.paths;
  prepareStateDirectory(state);
  const isInUse = (): Promise<boolean> =>
    context
      .client()
      .status()
      .then(
        () => true,
        () => false,
      );
  try {
    return await openLogFile(log, isInUse);
  } catch (cause) {
    throw new SheerError('state-unusable', `the state directory ${state} can't be written`, {
      cause,
      next: 'sheer up --state DIR, with a directory that you may write',
    });
  }
}

function argumentsFor(options: UpOptions, state: string): readonly string[] {
  const port = options.port === null ? [] : ['--port', `${options.port}`];
  const engines = options.engines.length === 0 ? [] : ['--engine', ...options.engines];
  const stores = options.imageStores.length === 0 ? [] : ['--image-store', ...options.imageStores];
  const { insecureRegistries } = options;
  const insecure = insecureRegistries.length === 0 ? [] : ['--insecure-registry', ...insecureRegistries];
  return ['up', '--json', '--state', state, ...port, ...engines, ...stores, ...insecure];
}

/** The child printed its error as JSON, behind where the log began; it is ours to repeat. */
function refused(log: string, begin: number): SheerError {
  const lines = readFileSync(log).subarray(begin).toString().trim().split('\n');
  for (const line of lines.toReversed()) {
    const error = errorIn(line);
    if (error !== null) return error;
  }
  return new SheerError('internal', 'the control plane ended before it answered', {
    next: `less ${log}`,
    detail: lines.slice(0, 5),
  });
}

function errorIn(line: string): SheerError | null {
  try {
    // What `reportError` prints with --json; anything else is caught below or has no `error`.
    const { error } = JSON.parse(line) as {
      readonly error?: Pick<SheerError, 'code' | 'message' | 'next' | 'detail'>;
    };
    if (error === undefined) return null;
    const { code, message, next, detail } = error;
    return new SheerError(code, message, { detail, ...(next === null ? {} : { next }) });
  } catch {
    return null;
  }
}
