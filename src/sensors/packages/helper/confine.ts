import type { HelperAnswer } from './helper-answer.ts';

/** `nobody` on Linux. */
const NOBODY = 65_534;

/** Gives up root for good, where the process has it. Called before the first foreign byte is read. */
export function dropPrivileges(): void {
  if (process.getuid?.() !== 0) return;
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}

/** Ends as soon as the answer is out, also where more input is there. */
export function drainAndEnd(answer: HelperAnswer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
}
