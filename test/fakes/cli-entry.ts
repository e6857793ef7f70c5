import { homedir } from 'node:os';
import { createProgram, processTerminal } from '#cli';

// The command line as a program of its own, without the parts that need a control plane inside.
process.exitCode = await createProgram({
  version: '0.1.0',
  terminal: processTerminal(),
  environment: process.env,
  home: homedir(),
  clock: () => Date.parse('2026-11-22T08:30:00.000Z'),
  handlers: {
    up: async (options, context) => {
      await context.terminal.write(`${JSON.stringify({ up: options, state: context.paths.state })}\n`);
      return 0;
    },
    demo: async (options, context) => {
      await context.terminal.write(`${JSON.stringify({ demo: options })}\n`);
      return 0;
    },
  },
}).run(process.argv.slice(2));
