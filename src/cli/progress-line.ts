import type { CommandContext } from './command.ts';

/** One line of standard error that is written over, for a person who waits; without one, and with `--json`, nothing. */
export interface ProgressLine {
  readonly show: (text: string) => void;
  readonly clear: () => void;
}

export function createProgressLine({
  terminal,
  json,
}: Pick<CommandContext, 'terminal' | 'json'>): ProgressLine {
  const isSeen = terminal.isErrorInteractive && !json;
  const show = (text: string): void => {
    if (isSeen) terminal.writeError(`\r${text}\u001b[K`);
  };
  return { show, clear: () => show('') };
}
