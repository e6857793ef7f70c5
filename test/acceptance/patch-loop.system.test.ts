import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { EIGHT_IMAGES } from '../image-tree/recipes.ts';
import { bestScoreByTeams } from './patch/best-plan.ts';
import { EIGHT_RUN } from './patch/running.ts';
import { itIsTrueOf } from './patch/tree-proof.conformance.ts';
import { bestScore } from './patch/true-plan.ts';

describe('a real tree of images, from who is affected to the proof that it is gone', () => {
  itIsTrueOf({
    recipes: EIGHT_IMAGES,
    running: EIGHT_RUN,
    shelved: [],
    records: 'directory',
    bestScore(record, tree, running) {
      const best = bestScore(record, tree, running);
      // Where all combinations can be tried, they judge the search that judges larger trees.
      assert.deepEqual(bestScoreByTeams(record, tree, running), best);
      return best;
    },
  });
});
