export type * from './fix-plan.ts';
export type * from './fix-problem.ts';
export { planFixes } from './plan-fixes.ts';
