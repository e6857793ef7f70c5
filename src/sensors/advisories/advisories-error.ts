import { SheerError, type SheerErrorOptions } from '#model';

export type AdvisoriesErrorCode =
  /** It is not what it was said to be: torn, encrypted, of another kind. */
  | 'invalid-input'
  | 'not-found'
  /** More than the limits allow. */
  | 'too-large'
  /** A server or a disk failed. */
  | 'sensor-failed';

/** A source of advisories that can't be read as a whole; then nothing of it is taken. */
export class AdvisoriesError extends SheerError {
  override readonly name = 'AdvisoriesError';
  declare readonly code: AdvisoriesErrorCode;

  constructor(code: AdvisoriesErrorCode, message: string, options: SheerErrorOptions = {}) {
    super(code, message, options);
  }
}
