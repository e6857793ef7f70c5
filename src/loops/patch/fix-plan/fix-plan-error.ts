import { SheerError } from '#model';

/** The problem contradicts itself: an unknown or doubled id, or images that are built from each other. */
export class FixPlanError extends SheerError {
  override readonly name = 'FixPlanError';

  constructor(message: string) {
    super('invalid-input', message);
  }
}
