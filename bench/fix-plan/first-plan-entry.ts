/**
 * The first plan of a process that has planned nothing yet, as a user's first question finds it:
 * `node bench/fix-plan/first-plan-entry.ts SHAPE SEED IMAGES` prints how many milliseconds it took.
 */
import { planFixes } from '../../src/loops/patch/fix-plan/index.ts';
import { generatedOrganisation, type OrganisationOptions } from './generated-organisation.ts';

const [shape, seed, images] = process.argv.slice(2);
const problem = generatedOrganisation({
  shape: shape as OrganisationOptions['shape'], // fix-plan.bench.ts starts it
  seed: Number(seed),
  images: Number(images),
});
const start = performance.now();
planFixes(problem);
console.log(performance.now() - start);
