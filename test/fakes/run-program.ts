import { createProgram } from '#cli';
import type { DemoOptions, UpOptions } from '#cli';
import { NOW } from './shop-answers.ts';
import { fakeTerminal } from './terminal.ts';
import type { FakeTerminal } from './terminal.ts';

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly error: string;
  readonly started: readonly (UpOptions | DemoOptions)[];
}

/** The command `sheer` inside of this process; `up` and `demo` only write down how they were called. */
export async function run(
  line: readonly string[],
  options: { readonly terminal?: FakeTerminal; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const terminal = options.terminal ?? fakeTerminal();
  const started: (UpOptions | DemoOptions)[] = [];
  const program = createProgram({
    version: '0.1.0',
    terminal,
    environment: options.environment ?? {},
    home: '/nowhere',
    clock: () => NOW,
    handlers: {
      up: async (up) => started.push(up) - 1,
      demo: async (demo) => started.push(demo) - 1,
    },
  });
  const exit = await program.run(line);
  return { exit, out: terminal.out(), error: terminal.error(), started };
}
