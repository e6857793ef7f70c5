export { AdoptLoop, type AdoptLogger, type AdoptOptions } from './adopt-loop.ts';
export { capabilityMatrix } from './capability-matrix.ts';
export type * from './questions.ts';
