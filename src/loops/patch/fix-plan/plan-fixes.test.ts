import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryProblem } from './arbitrary-problems.fixture.ts';
import { bruteForce, type Score } from './brute-force.fixture.ts';
import type { FixPlan } from './fix-plan.ts';
import { planFixes } from './plan-fixes.ts';

const score = ({ cost }: FixPlan): Score => [
  cost.unfixedImages,
  cost.unfixedPackages,
  cost.fixPoints,
  cost.builds,
  cost.teams,
];

describe('planFixes', () => {
  for (const shape of ['trees', 'graphs'] as const) {
    it(`costs what the best of all combinations costs, on ${shape}`, () => {
      fc.assert(
        fc.property(arbitraryProblem(shape), (problem) => {
          const plan = planFixes(problem);
          assert.deepEqual(score(plan), bruteForce(problem));
          assert.equal(plan.optimal, true);
        }),
        { numRuns: 400 },
      );
    });
  }
});
