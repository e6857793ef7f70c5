import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FixProblem } from './fix-problem.ts';
import { planFixes } from './plan-fixes.ts';
import { child, copied, holding, image, problem, told, type Told } from './tables.fixture.ts';

const foreign = { buildSource: false, required: false, holdings: [holding('own')] };
const fixedBase = (name: string): ReturnType<typeof image> => image(name, { required: false });
const moves = (
  id: string,
  sameReference = false,
): { newerBases: { id: string; sameReference: boolean }[] } => ({
  newerBases: [{ id, sameReference }],
});
const bystander = { required: false };

const rows: readonly (readonly [sentence: string, images: FixProblem, plan: Partial<Told>])[] = [
  [
    'an image that brings the package in is the fix point, and what is built from it is built after it',
    problem([image('base', { holdings: [holding('own')] }), child('base', 'web'), child('web', 'shop')]),
    { fixPoints: ['base: own-source'], builds: [['base'], ['web'], ['shop']] },
  ],
  [
    'build steps that ask for the newest version are only run again',
    problem([image('base', { holdings: [holding('refetched')] }), child('base', 'web')]),
    { builds: [['base'], ['web']] },
  ],
  [
    'what was downloaded by hand is changed in the source that downloads it',
    problem([image('base', { holdings: [holding('downloaded')] }), child('base', 'web')]),
    { fixPoints: ['base: own-source'], builds: [['base'], ['web']] },
  ],
  [
    'a child of a base that is not ours upgrades the package itself',
    problem([image('debian', foreign), child('debian', 'web')]),
    { fixPoints: ['web: own-source'], builds: [['web']] },
  ],
  [
    'a child of a base that is known by name alone upgrades the package itself',
    problem([image('web', { base: { kind: 'foreign', name: 'debian:12' }, holdings: [holding('base')] })]),
    { fixPoints: ['web: own-source'], builds: [['web']] },
  ],
  [
    'one change above two children is fewer than one in each',
    problem([
      image('debian', foreign),
      child('debian', 'python', bystander),
      child('python', 'a'),
      child('python', 'b'),
    ]),
    { fixPoints: ['python: own-source'], builds: [['python'], ['a', 'b']] },
  ],
  [
    'one change below an only child takes fewer builds than one above it',
    problem([image('debian', foreign), child('debian', 'python', bystander), child('python', 'a')]),
    { fixPoints: ['a: own-source'], builds: [['a']] },
  ],
  [
    'a newer base that is fixed is preferred over an upgrade of its own',
    problem([image('debian', foreign), fixedBase('debian-2'), child('debian', 'web', moves('debian-2'))]),
    { fixPoints: ['web: base-reference to debian-2'], builds: [['web']] },
  ],
  [
    'a newer base that is fixed is preferred over a change and a rebuild of the base',
    problem([
      image('base', { ...bystander, holdings: [holding('own')] }),
      fixedBase('base-2'),
      child('base', 'web', moves('base-2')),
    ]),
    { fixPoints: ['web: base-reference to base-2'], builds: [['web']] },
  ],
  [
    'one change of the base is preferred over a move in each of two children',
    problem([
      image('base', { ...bystander, holdings: [holding('own')] }),
      fixedBase('base-2'),
      child('base', 'a', moves('base-2')),
      child('base', 'b', moves('base-2')),
    ]),
    { fixPoints: ['base: own-source'], builds: [['base'], ['a', 'b']] },
  ],
  [
    'a tag that leads to a newer base by now is taken by a rebuild, and nothing else is built',
    problem([
      image('base', { ...bystander, holdings: [holding('refetched')] }),
      fixedBase('base-2'),
      child('base', 'web', moves('base-2', true)),
    ]),
    { builds: [['web']] },
  ],
  [
    'a pinned reference moves to the new build of its base',
    problem([
      image('base', { holdings: [holding('refetched')] }),
      child('base', 'web', { base: { kind: 'image', id: 'base', pinned: true }, upgrades: false }),
    ]),
    { fixPoints: ['web: base-reference to base'], builds: [['base'], ['web']] },
  ],
  [
    'a newer base that is not built yet is built once for all who move to it',
    problem([
      image('debian', foreign),
      image('next', { built: false, required: false }),
      child('debian', 'a', { ...moves('next'), upgrades: false }),
      child('debian', 'b', { ...moves('next'), upgrades: false }),
    ]),
    { fixPoints: ['a: base-reference to next', 'b: base-reference to next'], builds: [['next'], ['a', 'b']] },
  ],
  [
    'of several that are not built yet the fewest are built that serve everyone',
    problem([
      image('debian', foreign),
      ...['next-1', 'next-2', 'next-3'].map((name) => image(name, { built: false, required: false })),
      child('debian', 'a', {
        newerBases: [...moves('next-1').newerBases, ...moves('next-2').newerBases],
        upgrades: false,
      }),
      child('debian', 'b', {
        newerBases: [...moves('next-3').newerBases, ...moves('next-2').newerBases],
        upgrades: false,
      }),
    ]),
    {
      fixPoints: ['a: base-reference to next-2', 'b: base-reference to next-2'],
      builds: [['next-2'], ['a', 'b']],
    },
  ],
  [
    'who copies files is built after the image that they come from',
    problem([image('tool', { holdings: [holding('own')] }), image('web', copied('tool'))]),
    { fixPoints: ['tool: own-source'], builds: [['tool'], ['web']] },
  ],
  [
    'an image that brings the package in and inherits it changes both at once',
    problem([
      image('debian', foreign),
      fixedBase('debian-2'),
      child('debian', 'web', {
        ...moves('debian-2'),
        upgrades: false,
        holdings: [holding('base'), holding('downloaded')],
      }),
    ]),
    { fixPoints: ['web: both to debian-2'], builds: [['web']] },
  ],
  [
    'what does not run and is not asked for is left alone',
    problem([image('base', { ...bystander, holdings: [holding('own')] }), child('base', 'web', bystander)]),
    {},
  ],
  [
    'an image that got rid of the package itself is left alone',
    problem([image('debian', foreign), child('debian', 'web', { holdings: [] })]),
    {},
  ],
  [
    'among equal plans the one that bothers fewer teams wins',
    problem([
      image('debian', foreign),
      image('next-1', { built: false, required: false, team: 'platform' }),
      image('next-2', { built: false, required: false, team: 'shop' }),
      child('debian', 'web', {
        newerBases: [...moves('next-1').newerBases, ...moves('next-2').newerBases],
        upgrades: false,
        team: 'shop',
      }),
    ]),
    { fixPoints: ['web: base-reference to next-2'], builds: [['next-2'], ['web']] },
  ],
];

describe('what a plan does', () => {
  for (const [sentence, images, plan] of rows) {
    it(sentence, () => {
      const made = planFixes(images);
      assert.deepEqual(told(made), { fixPoints: [], builds: [], unfixable: [], ...plan });
      assert.equal(made.optimal, true);
    });
  }
});
