import { createInterface } from 'node:readline/promises';

/** Where a command writes and asks; injected, so that tests read along. */
export interface Terminal {
  /** Whether a person reads standard output. */
  readonly isInteractive: boolean;
  /** Whether a person reads standard error. */
  readonly isErrorInteractive: boolean;
  /** Whether a person can be asked. */
  readonly canAsk: boolean;
  readonly columns: number;
  /** Standard input up to its end. */
  readonly read: () => AsyncIterable<Uint8Array>;
  /** Resolves once there is room for more. */
  readonly write: (text: string) => Promise<void>;
  readonly writeError: (text: string) => void;
  /** From here on what can't be written is dropped; before, a command whose answer can't be written ends. */
  readonly outliveFullDisk: () => void;
  /** Asks on standard error; true for y or yes. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Ends with Ctrl-C; returns how to stop listening. */
  readonly onInterrupt: (listener: () => void) => () => void;
}

const COLUMNS = 80;

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  let outlivesFullDisk = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has enough: `sheer services | head -1`.
    if (error.code === 'EPIPE') process.exit(0);
    if (!outlivesFullDisk) process.exit(1);
  });
  // A log on a disk that is full, or a closed pipe: a control plane must not end because it can't complain.
  stderr.on('error', () => undefined);
  return {
    isInteractive: stdout.isTTY,
    isErrorInteractive: stderr.isTTY,
    canAsk: stdin.isTTY && stderr.isTTY,
    columns: stdout.columns || COLUMNS,
    read: () => stdin,
    write: (text) =>
      new Promise((resolve) => {
        // What could not be written drains nothing.
        const hasRoom = stdout.write(text, (error) => error && resolve());
        if (hasRoom) resolve();
        else stdout.once('drain', resolve);
      }),
    writeError: (text) => void stderr.write(text),
    outliveFullDisk: () => (outlivesFullDisk = true),
    async confirm(question) {
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
      } finally {
        lines.close();
      }
    },
    onInterrupt(listener) {
      process.once('SIGINT', listener);
      return () => process.removeListener('SIGINT', listener);
    },
  };
}
