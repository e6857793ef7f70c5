export type {
  AdvisoryIntake,
  IntakeDocument,
  IntakeStatement,
  IntakeStep,
} from './advisories/advisory-intake.ts';
export type { FoundDocument, ImagePlace, ImageReaders, ReadDocument, UnreadLayer } from './image-readers.ts';
export { PatchLoop, type PatchLogger, type PatchLoopOptions } from './patch-loop.ts';
export type * from './questions.ts';
