import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { FlowEvent } from '#model';
import { until } from '../../../test/fakes/until.ts';
import { keepRunning, type HelperPlan } from './keep-running.ts';
import { LineSplitter } from './line-splitter.ts';

/** Runs a JavaScript program as the helper; every number that it prints is a watermark. */
function planFor(script: string, changes: Partial<HelperPlan> = {}): HelperPlan {
  const splitter = new LineSplitter();
  return {
    description: 'a test',
    refusal: async () => null,
    start: async () => ({
      command: { command: process.execPath, args: ['-e', script], environment: {} },
      reader: {
        readOutput: (chunk) => {
          const events: FlowEvent[] = [];
          splitter.push(chunk, (bytes, from, to) =>
            events.push({
              kind: 'watermark',
              at: Number(Buffer.from(bytes.subarray(from, to)).toString()),
            }),
          );
          return events;
        },
        readErrors: (chunk) => [{ kind: 'lost', at: 0, count: 2, reason: Buffer.from(chunk).toString() }],
      },
    }),
    explain: ({ code, signal, complaint }) => `ended: ${code ?? signal} ${complaint}`,
    silentTicksMax: Number.POSITIVE_INFINITY,
    onPid: () => undefined,
    ...changes,
  };
}

/** What is told until `count` states have been reported. */
async function untilStates(plan: HelperPlan, count: number): Promise<readonly string[]> {
  const abort = new AbortController();
  const told: string[] = [];
  for await (const batch of keepRunning(plan, abort.signal)) {
    for (const event of batch) told.push(tell(event));
    if (told.filter((each) => each.startsWith('state')).length >= count) abort.abort();
  }
  return told;
}

function tell(event: FlowEvent): string {
  if (event.kind === 'state')
    return `state ${event.data.state} lost ${event.data.lost} ${event.data.reason ?? ''}`;
  return event.kind === 'watermark' ? `watermark ${event.at}` : event.kind;
}

describe('a sensor that lives from a helper', () => {
  it('is live with its first event, has a gap when the helper dies, and starts it again', async () => {
    const told = await untilStates(planFor('console.log(1); console.log(2); process.exitCode = 3'), 3);
    const states = told.filter((each) => each.startsWith('state'));
    assert.deepEqual(states, ['state live lost 0 ', 'state gap lost 0 ended: 3 ', 'state live lost 0 ']);
    assert.deepEqual(told.slice(1, 3), ['watermark 1', 'watermark 2']);
  });

  it('counts what was lost over all runs', async () => {
    const told = await untilStates(planFor('process.stderr.write("x")'), 4);
    const states = told.filter((each) => each.startsWith('state'));
    assert.deepEqual(states[3], 'state gap lost 4 ended: 0 x');
  });

  it('is inactive, not interrupted, as long as it never lived', async () => {
    const command = { command: '/nonexistent/helper', args: [], environment: {} };
    const reader = { readOutput: () => [], readErrors: () => [] };
    const told = await untilStates(planFor('', { start: async () => ({ command, reader }) }), 1);
    assert.match(told[0] ?? '', /^state inactive lost 0 ended: .*(ENOENT|No such file)/);
  });

  it('does not start what is refused, and says why', async () => {
    const plan = planFor('', {
      refusal: async () => 'not here',
      start: async () => assert.fail('it was started'),
    });
    assert.deepEqual(await untilStates(plan, 1), ['state inactive lost 0 not here']);
  });

  it('ends a helper that has fallen silent', async () => {
    const script = 'console.log(1); setTimeout(() => undefined, 100_000)';
    const told = await untilStates(planFor(script, { silentTicksMax: 2 }), 2);
    assert.match(told.at(-1) ?? '', /^state gap lost 0 ended: SIGKILL/);
  });

  it('dies with the process that started it, even when that is killed', async () => {
    const inner = join(import.meta.dirname, 'keep-running.ts');
    const script = `
      import { keepRunning } from ${JSON.stringify(inner)};
      const plan = {
        description: '', silentTicksMax: Infinity, explain: () => '', refusal: async () => null,
        onPid: (pid) => console.log(pid),
        start: async () => ({
          command: { command: 'sleep', args: ['1000'], environment: {} },
          reader: { readOutput: () => [], readErrors: () => [] },
        }),
      };
      for await (const _ of keepRunning(plan, new AbortController().signal));`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(String(line));
    await until(() => commandOf(pid) === 'sleep');
    parent.kill('SIGKILL');
    await until(() => commandOf(pid) !== 'sleep');
  });

  it('leaves no process when it is told to end, or when nobody listens any more', async () => {
    const pids: number[] = [];
    const plan = planFor('console.log(1); setTimeout(() => undefined, 100_000)', {
      onPid: (pid) => pid !== null && pids.push(pid),
    });
    await untilStates(plan, 1);
    for await (const _ of keepRunning(plan, new AbortController().signal)) break;
    assert.equal(pids.length, 2);
    await until(() => pids.every((pid) => !isAlive(pid)));
  });
});

/** Empty when there is no such process. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
