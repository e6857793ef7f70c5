import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleFacts } from '../sample-facts.ts';
import { crashSteps, fingerprint, openCrashStore } from './crash-script.ts';

const CHILD = new URL('crash-child.ts', import.meta.url).pathname;
const CHILDREN_AT_ONCE = 2;

/**
 * Kills the crash script at every one of its writes and looks at what each left behind: it has to be
 * the state after the last step that was acknowledged, or after the one that was under way.
 *
 * @returns how many writes there were
 */
export async function crashEverywhere(rounds: number): Promise<number> {
  const states = statesAfterSteps(rounds);
  const script =
    (killAt: number): Command =>
    (directory) =>
      nodeCommand(directory, killAt, rounds);
  const whole = await inDirectory((directory) => runChild(script(Infinity)(directory)));
  assert.equal(whole.steps, states.length - 1);
  assert.ok(whole.writes !== null, 'the script came to its end');
  const points = Array.from({ length: whole.writes }, (_, index) => index + 1);
  await forEach(points, (killAt) => crashOnce({ command: script(killAt), states }));
  return whole.writes;
}

/** The system calls by which a store changes its files. */
const WRITING_CALLS = ['pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'rename', 'unlink'] as const;

type WritingCall = (typeof WRITING_CALLS)[number];

/** Like {@link crashEverywhere}, at every system call, those inside SQLite included. */
export async function crashAtEveryCall(rounds: number): Promise<number> {
  const states = statesAfterSteps(rounds);
  return atEveryCall(rounds, async (call, count) => {
    const command = straced(rounds, `inject=${call}:signal=SIGKILL:when=${count}`);
    await crashOnce({ command, states });
  });
}

/**
 * Lets every system call fail once. What then is refused has changed nothing, so that the script
 * reaches the same end by doing it again.
 *
 * @returns how often something was refused; SQLite itself makes up for the other failures
 */
export async function failAtEveryCall(rounds: number, error: 'ENOSPC' | 'EIO'): Promise<number> {
  const states = statesAfterSteps(rounds);
  let refusals = 0;
  await atEveryCall(rounds, async (call, count) => {
    const command = straced(rounds, `inject=${call}:error=${error}:when=${count}`);
    const { state, refused } = await inDirectory((directory) => runChild(command(directory)));
    refusals += refused;
    assert.equal(state, states.at(-1), `${error} at ${call} ${count}`);
  });
  return refusals;
}

/** Runs a child command's program on a directory. */
type Command = (directory: string) => readonly string[];

function nodeCommand(directory: string, killAt: number, rounds: number): readonly string[] {
  return [process.execPath, CHILD, directory, String(killAt), String(rounds)];
}

function straced(rounds: number, expression: string): Command {
  const filter = `trace=${WRITING_CALLS.join()}`;
  return (directory) => [
    ...['strace', '-f', '-qq', '-o', `${directory}.trace`, '-e', filter, '-e', expression],
    ...nodeCommand(directory, Infinity, rounds),
  ];
}

async function atEveryCall(
  rounds: number,
  work: (call: WritingCall, count: number) => Promise<void>,
): Promise<number> {
  const trace = await inDirectory(async (directory) => {
    await runChild(straced(rounds, 'signal=none')(directory));
    return readFileSync(`${directory}.trace`, 'utf8');
  });
  const points = WRITING_CALLS.flatMap((call) => {
    const count = trace.split(` ${call}(`).length - 1;
    return Array.from({ length: count }, (_, index) => [call, index + 1] as const);
  });
  await forEach(points, ([call, count]) => work(call, count));
  return points.length;
}

async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: CHILDREN_AT_ONCE }, worker));
}

interface Crash {
  readonly command: Command;
  readonly states: readonly string[];
}

function crashOnce({ command, states }: Crash): Promise<void> {
  return inDirectory(async (directory) => {
    const line = command(directory);
    const { steps, writes } = await runChild(line);
    assert.equal(writes, null, `it was killed: ${line.join(' ')}`);
    const store = openCrashStore(directory);
    try {
      const state = fingerprint(store);
      const allowed = states.slice(steps, steps + 2);
      assert.ok(
        allowed.includes(state),
        `${line.join(' ')} left after step ${steps} neither that nor the next: ${state}`,
      );
      const { position } = store.head('observations');
      assert.equal(store.append('observations', sampleFacts(900, 1), position).position, position + 1);
      assert.equal(store.verify('observations').ok, true);
    } finally {
      store.close();
    }
  });
}

/** Of a run that nobody killed: before the first step, after each. */
function statesAfterSteps(rounds: number): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'sheer-crash-'));
  const store = openCrashStore(directory);
  try {
    const states = [fingerprint(store)];
    for (const step of crashSteps(rounds)) {
      step(store);
      states.push(fingerprint(store));
    }
    return states;
  } finally {
    store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function inDirectory<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'sheer-crash-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
    rmSync(`${directory}.trace`, { force: true });
  }
}

interface ChildEnd {
  /** Acknowledged. */
  readonly steps: number;
  readonly refused: number;
  /** At the end; null when it did not get there. */
  readonly state: string | null;
  readonly writes: number | null;
}

function runChild([program = '', ...rest]: readonly string[]): Promise<ChildEnd> {
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== 0 && signal !== 'SIGKILL')
        return reject(new Error(`The child ended with ${code ?? signal}.`));
      const lines = output.split('\n');
      const after = (word: string): string | undefined =>
        lines.findLast((line) => line.startsWith(word))?.slice(word.length);
      const writes = after('writes ');
      resolve({
        steps: Number(after('step ') ?? 0),
        refused: lines.filter((line) => line === 'refused').length,
        state: after('state ') ?? null,
        writes: writes === undefined ? null : Number(writes),
      });
    });
  });
}
