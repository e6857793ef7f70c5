import { SheerError, type SheerErrorOptions } from '#model';

export type StoreErrorCode =
  /** What is read is not what was written, or the head is another than expected. */
  | 'record-broken'
  /** The state directory cannot be used: missing, read-only, full, failing. */
  | 'state-unusable'
  /** Another process holds the state directory. */
  | 'state-in-use'
  | 'not-found'
  | 'invalid-input';

/** Whatever the store refuses or fails at. */
export class StoreError extends SheerError {
  override readonly name = 'StoreError';
  declare readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options: SheerErrorOptions = {}) {
    super(code, message, options);
  }
}
