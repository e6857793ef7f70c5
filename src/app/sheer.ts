import { homedir } from 'node:os';
import { createProgram, processTerminal } from '#cli';
import { version } from './version.ts';

/** The command `sheer`; gives the exit code. */
export function runSheer(line: readonly string[]): Promise<number> {
  const program = createProgram({
    version,
    terminal: processTerminal(),
    environment: process.env,
    home: homedir(),
    clock: Date.now,
    // Loaded when they are asked for: a question to a control plane needs none of it.
    handlers: {
      up: async (options, context) => (await import('./up.ts')).up(options, context),
      demo: async (options, context) => (await import('./demo/demo.ts')).demo(options, context),
    },
  });
  return program.run(line);
}
