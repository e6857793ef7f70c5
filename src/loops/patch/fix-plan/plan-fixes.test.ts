import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { arbitraryCover, arbitraryProblem, arbitraryTwins } from './arbitrary-problems.fixture.ts';
import {
  bruteForce,
  type Choice,
  compareScores,
  type Contents,
  type Score,
  Simulator,
} from './brute-force.fixture.ts';
import { FixPlanError } from './fix-plan-error.ts';
import type { FixPlan } from './fix-plan.ts';
import type { FixProblem } from './fix-problem.ts';
import { planFixes } from './plan-fixes.ts';
import { child, holding, image, problem, told } from './tables.fixture.ts';

const score = ({ cost }: FixPlan): Score => [
  cost.unfixedImages,
  cost.unfixedPackages,
  cost.fixPoints,
  cost.builds,
  cost.teams,
];

/** Does what the plan says, level by level, and returns `NAME PURL` for everything that is left. */
function carriedOut(task: FixProblem, plan: FixPlan): readonly string[] {
  const simulator = new Simulator(task);
  const images = new Map(task.images.map((each) => [each.id, each]));
  const contents = new Map<string, Contents>(task.images.map(({ id }) => [id, simulator.now(id)]));
  const changes = new Map(plan.fixPoints.map((point) => [point.image, point.change]));
  for (const level of plan.levels) {
    const before = new Map(contents);
    for (const build of level) {
      const built = images.get(build.image);
      assert.ok(built !== undefined);
      const change = changes.get(build.image);
      const edit = change === 'own-source' || change === 'both';
      const choice: Choice = { build: true, edit, base: build.from, moves: change !== 'own-source' };
      const after = simulator.after(built, choice, (id) => before.get(id) ?? null);
      assert.ok(after !== undefined, `${build.name} is built after what it is built from`);
      contents.set(build.image, after);
    }
  }
  return task.images.flatMap((each) => {
    if (!each.required || !each.built) return [];
    const purls = [...(contents.get(each.id) ?? [])].map((entry) => entry.split(' ')[0]);
    return [...new Set(purls)].map((purl) => `${each.id} ${purl}`);
  });
}

describe('planFixes', () => {
  for (const shape of ['trees', 'graphs'] as const) {
    it(`costs what the best of all combinations costs, on ${shape}`, () => {
      fc.assert(
        fc.property(arbitraryProblem(shape), (task) => {
          const plan = planFixes(task);
          assert.deepEqual(score(plan), bruteForce(task));
          assert.equal(plan.optimal, true);
          assert.deepEqual(plan.bound, plan.cost);
        }),
        { numRuns: 300 },
      );
    });

    it(`leaves what it calls unfixable and nothing else when it is carried out, on ${shape}`, () => {
      fc.assert(
        fc.property(arbitraryProblem(shape), (task) => {
          const plan = planFixes(task);
          const unfixable = plan.unfixable.map((each) => `${each.image} ${each.purl}`);
          assert.deepEqual(unfixable.toSorted(), carriedOut(task, plan).toSorted());
          assert.equal(plan.cost.builds, plan.levels.flat().length);
          assert.equal(plan.cost.fixPoints, plan.fixPoints.length);
          assert.deepEqual(
            plan.levels.flat().filter(({ reason }) => reason === ''),
            [],
          );
        }),
        { numRuns: 600 },
      );
    });
  }

  it('builds the fewest bases that serve all who have to move', () => {
    fc.assert(
      fc.property(arbitraryCover, (task) => {
        const plan = planFixes(task);
        assert.deepEqual(score(plan), bruteForce(task));
        assert.equal(plan.optimal, true);
      }),
      { numRuns: 250 },
    );
  });

  it('takes nothing from one image for another that is like it in all but one thing', () => {
    fc.assert(
      fc.property(arbitraryTwins(), (task) => assert.deepEqual(score(planFixes(task)), bruteForce(task))),
      { numRuns: 600 },
    );
  });

  it('makes the same plan in whatever order the problem is written', () => {
    const shuffled = arbitraryProblem('graphs').chain((task) =>
      fc
        .record({
          packages: fc.shuffledSubarray([...task.packages], { minLength: task.packages.length }),
          images: fc.shuffledSubarray([...task.images], { minLength: task.images.length }),
        })
        .map((other) => [task, other] as const),
    );
    fc.assert(
      fc.property(shuffled, ([task, other]) => assert.deepEqual(planFixes(other), planFixes(task))),
      { numRuns: 300 },
    );
  });

  it('says so when it stops before a plan is proven, and then no plan beats its bound', () => {
    fc.assert(
      fc.property(arbitraryProblem('graphs'), (task) => {
        const plan = planFixes(task, { budget: 1 });
        const best = bruteForce(task);
        assert.equal(compareScores(score({ ...plan, cost: plan.bound }), best) <= 0, true);
        assert.equal(compareScores(score(plan), best) >= 0, true);
        if (plan.optimal) assert.deepEqual(score(plan), best);
      }),
      { numRuns: 300 },
    );
  });

  it('makes the plan of the worked example in docs/fix-planning.md', () => {
    const out = { buildSource: false, required: false };
    const old = { ...out, holdings: [holding('own')] };
    const plan = planFixes(
      problem([
        image('debian:12', old),
        child('debian:12', 'base', { team: 'platform', required: false }),
        child('base', 'python', { team: 'languages', required: false }),
        child('python', 'web', { team: 'shop' }),
        child('python', 'cart', { team: 'shop' }),
        child('base', 'legacy', { team: 'payments', buildSource: false }),
        image('old-base', old),
        image('old-base-2', out),
        child('old-base', 'billing', {
          team: 'payments',
          newerBases: [{ id: 'old-base-2', sameReference: false }],
        }),
      ]),
    );
    assert.deepEqual(told(plan), {
      fixPoints: ['billing: base-reference to old-base-2', 'python: own-source'],
      builds: [
        ['billing', 'python'],
        ['cart', 'web'],
      ],
      unfixable: ['legacy: no-build-source'],
    });
    assert.deepEqual(plan.teams, ['languages', 'payments', 'shop']);
    assert.deepEqual(
      plan.fixPoints.map(({ reason }) => reason),
      [
        'its base reference moves to old-base-2, which is already fixed',
        'it upgrades openssl in a layer of its own: that takes fewer changes or builds than fixing it in base',
      ],
    );
  });

  for (const [what, images, message] of [
    ['two images with one id', [image('a'), image('a')], 'there are two images with the id "a"'],
    ['a base that is not there', [child('b', 'a')], '"a" is built from "b", which is not among the images'],
    [
      'images that are built from each other',
      [child('b', 'a'), child('a', 'b')],
      'these images are built from each other: a, b',
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => planFixes(problem(images)), new FixPlanError(message));
    });
  }
});
