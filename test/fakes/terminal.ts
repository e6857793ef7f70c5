import { Readable } from 'node:stream';
import type { Terminal } from '#cli';

export interface FakeTerminal extends Terminal {
  /** What was written to standard output and standard error. */
  readonly out: () => string;
  readonly error: () => string;
  /** Presses Ctrl-C. */
  readonly interrupt: () => void;
  readonly asked: readonly string[];
}

export interface FakeTerminalOptions {
  /** 80 columns and a person, or a pipe. */
  readonly interactive?: boolean;
  readonly answer?: boolean;
  readonly onWrite?: (text: string) => void;
  /** What stands in standard input. */
  readonly input?: AsyncIterable<Uint8Array>;
}

export function fakeTerminal(options: FakeTerminalOptions = {}): FakeTerminal {
  const { interactive = false, answer = false, onWrite, input } = options;
  const listeners = new Set<() => void>();
  const asked: string[] = [];
  let [out, error] = ['', ''];
  return {
    isInteractive: interactive,
    isErrorInteractive: interactive,
    canAsk: interactive,
    columns: 80,
    read: () => input ?? Readable.from([]),
    async write(text) {
      out += text;
      onWrite?.(text);
    },
    writeError(text) {
      error += text;
    },
    outliveFullDisk: () => undefined,
    async confirm(question) {
      asked.push(question);
      return answer;
    },
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    interrupt() {
      for (const listener of listeners) listener();
    },
    out: () => out,
    error: () => error,
    asked,
  };
}
