import { SheerError } from '#model';

/** What the patch loop refuses, and what it can't find. */
export class PatchError extends SheerError {
  override readonly name = 'PatchError';
}
