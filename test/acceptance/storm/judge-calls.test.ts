import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallAnswer, FlowAnswer } from '#model';
import { judgeCalls } from './judge-calls.ts';

/** Instances of `front` and `back`; another has no name. */
const SERVICES = new Map([
  ['1', 'front'],
  ['2', 'back'],
]);

const PORT = 7000;

// Of rows and calls, what is read here.
function row(to: string | null, connections: number): FlowAnswer {
  const end = (instance: string | null) => ({ instance, name: 'unknown' });
  return { from: end('1'), to: end(to), port: PORT, connections } as FlowAnswer;
}

const call = (to: string, connections: number, from = 'front'): CallAnswer =>
  ({ from, to, port: PORT, connections }) as CallAnswer;

describe('what calls say of 2000 connections with a name and three without', () => {
  const rows = [row('2', 1500), row('2', 500), row(null, 3)];
  const cases: readonly (readonly [title: string, calls: readonly CallAnswer[], wrong: readonly string[]])[] =
    [
      ['may be the same', [call('back', 2000), call('unknown', 3)], []],
      ['may name another a little less', [call('back', 1998), call('unknown', 2), call('ambiguous', 3)], []],
      [
        'may not name much less',
        [call('back', 1990), call('ambiguous', 13)],
        ['between names: 2000 in flows, 1990 in calls'],
      ],
      [
        'may not name more',
        [call('back', 2001), call('unknown', 2)],
        ['front → back on port 7000: 2000 in flows, 2001 in calls'],
      ],
      [
        'may not lose one',
        [call('back', 2000), call('unknown', 2)],
        ['front on port 7000 made 2003 in flows, 2002 in calls'],
      ],
      [
        'may not make one up',
        [call('back', 2000), call('unknown', 3), call('front', 1, 'back')],
        ['back → front on port 7000: 0 in flows, 1 in calls'],
      ],
    ];
  for (const [title, calls, wrong] of cases) {
    it(title, () => assert.deepEqual(judgeCalls(calls, rows, SERVICES), wrong));
  }
});
