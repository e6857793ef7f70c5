import { SheerError, type SheerErrorOptions } from '#model';

/** A flow log that can't be read as what it was said to be; nothing of it is taken. */
export class FlowLogError extends SheerError {
  override readonly name = 'FlowLogError';

  constructor(message: string, options: SheerErrorOptions = {}) {
    super('invalid-input', message, options);
  }
}
