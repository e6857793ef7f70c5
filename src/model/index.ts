// Types only: the schemas cost 50 ms to load and have a door of their own, `#model/answers`.
export type * from './answers.ts';
export * from './address-block.ts';
export * from './attribution.ts';
export * from './closest.ts';
export * from './errors.ts';
export * from './evidence.ts';
export * from './fact.ts';
export * from './flow.ts';
export * from './identifiers.ts';
export * from './instant.ts';
export * from './ip-address.ts';
export * from './labels.ts';
export * from './observation.ts';
export * from './scope.ts';
export * from './subject.ts';
export * from './team-reference.ts';
export * from './time.ts';
