import { SheerError } from '#model';

/** What the adopt loop refuses, and what it can't find. */
export class AdoptError extends SheerError {
  override readonly name = 'AdoptError';
}
