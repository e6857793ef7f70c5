import type { Clock } from '#model';
import type { Client } from '#sdk';
import { cleanAnswer, jsonText } from './text/clean.ts';
import type { Look } from './text/look.ts';
import type { StatePaths } from './state-paths.ts';
import type { Terminal } from './terminal.ts';

/** One command as data: help, documentation and parser are made from it. */
export interface CommandDefinition {
  /** `flows import`: the second word is a command of the first. */
  readonly name: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly options?: readonly OptionDefinition[];
  /** What to type, and what it does; without `sheer`. */
  readonly examples: readonly (readonly [command: string, does: string])[];
  /** The exit code; 0 when there is none. */
  readonly run: (context: CommandContext, given: Given) => Promise<number | void>;
}

export interface Parameter {
  /** `<address>`, `[service]` */
  readonly name: string;
  readonly description: string;
}

export interface OptionDefinition {
  /** `--at <time>`, `-f, --follow`, `--engine <name...>` */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly required?: true;
}

/** What a command stands on. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly look: Look;
  readonly clock: Clock;
  readonly paths: StatePaths;
  /** `--server`, where there is one. */
  readonly server: string | null;
  readonly json: boolean;
  /** No questions. */
  readonly yes: boolean;
  readonly version: string;
  /**
   * The control plane; nothing is sent before a method is called.
   *
   * @throws CliError
   */
  readonly client: () => Client;
}

/** What stands on the command line; options by their names in camel case. */
export interface Given {
  /** Parameters in their order. */
  readonly parameters: readonly (string | undefined)[];
  readonly text: (option: string) => string | undefined;
  readonly texts: (option: string) => readonly string[];
  readonly flag: (option: string) => boolean;
  /**
   * A whole number from `minimum` on.
   *
   * @throws CliError `invalid-input`
   */
  readonly count: (option: string, minimum?: number) => number | undefined;
}

/** Prints one answer: as it is with `--json`, else as lines, with foreign names made harmless. */
export async function print<Answer>(
  context: CommandContext,
  answer: Answer,
  render: (answer: Answer, look: Look) => readonly string[],
): Promise<void> {
  const { terminal, json } = context;
  // Ages are counted from when it is printed: a demo runs for a while.
  const look = { ...context.look, now: context.clock() };
  if (json) await terminal.write(`${jsonText(answer, terminal.isInteractive ? 2 : 0)}\n`);
  else await printLines(context, render(cleanAnswer(answer), look));
}

export async function printLines({ terminal }: CommandContext, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await terminal.write(`${lines.join('\n')}\n`);
}

/** Shows what would happen where a person sees it, and asks; who does not agree is told that nothing was changed. */
export async function agreedTo(context: CommandContext, plan: readonly string[]): Promise<boolean> {
  const { terminal, json } = context;
  if (json) terminal.writeError(`${plan.join('\n')}\n`);
  else await printLines(context, plan);
  const agrees = await terminal.confirm('Go ahead?');
  if (!agrees) terminal.writeError('Nothing was changed.\n');
  return agrees;
}

/** One of several JSON documents, a line each: what follows live. */
export async function printJsonLine({ terminal }: CommandContext, value: unknown): Promise<void> {
  await terminal.write(`${jsonText(value, 0)}\n`);
}
