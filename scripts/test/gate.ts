import { join } from 'node:path';
import { type Outcome, runTool } from './file-run.ts';

/** The tools of the gate, in the order in which their answers help most. */
const TOOLS: readonly (readonly [name: string, ...command: string[]])[] = [
  ['types', 'tsc', '--project', '.'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['format', 'oxfmt', '--check'],
  ['unused', 'knip', '--no-progress', '--treat-config-hints-as-errors'],
];

const DEADLINE_MS = 120_000;

/** Types, lint, format and dead code; each is one check that passes or fails. */
export async function* runGate(): AsyncIterable<Outcome> {
  for (const [name, tool, ...parameters] of TOOLS) {
    // By path: what else is installed on this machine must not decide.
    const program = join(import.meta.dirname, '../../node_modules/.bin', tool ?? '');
    yield await runTool(name, [program, ...parameters], DEADLINE_MS);
  }
}
