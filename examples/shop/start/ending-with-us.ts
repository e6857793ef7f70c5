import { findProgram } from './find-program.ts';

/**
 * The command, changed so that the kernel ends it when we die, however we die: nothing is left behind.
 * Becoming another user undoes it, so it comes after that. prctl(2), PR_SET_PDEATHSIG
 */
export function endingWithUs(command: readonly string[]): readonly string[] {
  return findProgram('setpriv') === null ? command : ['setpriv', '--pdeathsig', 'TERM', '--', ...command];
}
