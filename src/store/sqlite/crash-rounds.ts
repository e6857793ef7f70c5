import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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
  const whole = await inDirectory((directory) => runChild(directory, Infinity, rounds));
  assert.equal(whole.steps, states.length - 1);
  assert.ok(whole.writes !== null, 'the script came to its end');
  let next = 1;
  const worker = async (): Promise<void> => {
    while (next <= (whole.writes ?? 0)) {
      const killAt = next++;
      await inDirectory((directory) => crashOnce({ directory, killAt, rounds, states }));
    }
  };
  await Promise.all(Array.from({ length: CHILDREN_AT_ONCE }, worker));
  return whole.writes;
}

interface Crash {
  readonly directory: string;
  readonly killAt: number;
  readonly rounds: number;
  readonly states: readonly string[];
}

async function crashOnce({ directory, killAt, rounds, states }: Crash): Promise<void> {
  const { steps, writes } = await runChild(directory, killAt, rounds);
  assert.equal(writes, null, `write ${killAt} was reached`);
  const store = openCrashStore(directory);
  try {
    const state = fingerprint(store);
    const allowed = states.slice(steps, steps + 2);
    assert.ok(
      allowed.includes(state),
      `after write ${killAt}, step ${steps}: neither before nor after it: ${state}`,
    );
    const head = store.head('observations');
    assert.equal(
      store.append('observations', sampleFacts(900, 1), head.position).position,
      head.position + 1,
    );
    assert.equal(store.verify('observations').ok, true);
  } finally {
    store.close();
  }
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
  }
}

interface ChildEnd {
  /** Acknowledged. */
  readonly steps: number;
  /** Null: it did not come to its end. */
  readonly writes: number | null;
}

function runChild(directory: string, killAt: number, rounds: number): Promise<ChildEnd> {
  const child = spawn(process.execPath, [CHILD, directory, String(killAt), String(rounds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== 0 && signal !== 'SIGKILL')
        return reject(new Error(`The child ended with ${code ?? signal}.`));
      const steps = output.match(/^step /gm)?.length ?? 0;
      const writes = /^writes (\d+)$/m.exec(output)?.[1];
      resolve({ steps, writes: writes === undefined ? null : Number(writes) });
    });
  });
}
