export type * from './questions.ts';
