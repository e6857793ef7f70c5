import type { PatchQuestions } from '#loops/patch';
import { ServerError } from './errors.ts';
import type { ServerOptions } from './options.ts';

/** @throws ServerError `not-capable`: this control plane runs without the patch loop */
export function patchOf({ patch }: ServerOptions): PatchQuestions {
  if (patch !== undefined) return patch;
  throw new ServerError('not-capable', 'this control plane knows nothing of packages and advisories');
}
