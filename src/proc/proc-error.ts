import { SheerError } from '#model';
import type { SheerErrorOptions } from '#model';

/** /proc is not there or is not what it should be. */
export class ProcError extends SheerError {
  override readonly name = 'ProcError';

  constructor(message: string, options: SheerErrorOptions = {}) {
    super('engine-unreachable', message, { remedy: 'retry', ...options });
  }
}
