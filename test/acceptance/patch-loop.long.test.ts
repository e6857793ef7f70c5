import { describe } from 'node:test';
import { THIRTY_IMAGES } from '../image-tree/recipes.ts';
import { bestScoreByTeams } from './patch/best-plan.ts';
import { EIGHT_RUN } from './patch/running.ts';
import { itIsTrueOf } from './patch/tree-proof.conformance.ts';

/** Services of the other teams that run; the environment goes by turns. */
const SERVICES_RUN = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 13] as const;
/** Services that are built, and run nowhere: each on another language, with packages that others don't have. */
const SERVICES_SHELVED = [14, 16, 17] as const;

const nameOf = (number: number): string => `team-${number % 4}/service-${number}`;

describe('thirty real images, from who is affected to the proof that it is gone', () => {
  itIsTrueOf({
    recipes: THIRTY_IMAGES,
    running: [
      ...EIGHT_RUN,
      ...SERVICES_RUN.map(
        (number) =>
          [`service-${number}-1`, nameOf(number), number % 3 === 0 ? 'test' : 'production'] as const,
      ),
    ],
    shelved: SERVICES_SHELVED.map(nameOf),
    records: 'zip',
    bestScore: bestScoreByTeams,
  });
});
