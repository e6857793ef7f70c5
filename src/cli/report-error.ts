import { ERROR_CODES, SheerError } from '#model';
import type { ErrorCode } from '#model';
import { ClientError } from '#sdk';
import { cleanText, jsonText } from './text/clean.ts';
import { paint } from './text/look.ts';
import type { Look } from './text/look.ts';
import type { Terminal } from './terminal.ts';

/** The part of an error that is meant for people; the SDK's and the model's errors both have it. */
interface Told {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail: readonly string[];
  readonly next: string | null;
}

/** Prints what went wrong and what to do next; gives the exit code. */
export async function reportError(
  error: unknown,
  context: { readonly terminal: Terminal; readonly look: Look; readonly json: boolean },
): Promise<number> {
  const told = toldOf(error);
  const { terminal, look, json } = context;
  if (json) {
    const { code, message, detail, next } = told;
    await terminal.write(`${jsonText({ error: { code, message, detail, next } }, 0)}\n`);
  } else {
    terminal.writeError(errorLines(told, look).join('\n') + '\n');
  }
  return exitCode(told.code);
}

function exitCode(code: ErrorCode): number {
  // A later control plane may have codes that are not known here.
  return (ERROR_CODES[code] as { readonly exit: number } | undefined)?.exit ?? 1;
}

function errorLines(told: Told, look: Look): readonly string[] {
  return [
    `${paint(look, 'bad', '✘')} ${cleanText(told.message)}`,
    ...told.detail.map((line) => `    ${cleanText(line)}`),
    ...(told.next === null ? [] : [`  next   ${cleanText(told.next)}`]),
  ];
}

/** What the system said, in words. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'nothing was started there',
  ECONNREFUSED: 'it does not run any more',
  EACCES: 'it belongs to another user',
  ECONNRESET: 'it ended in the middle of the answer',
  ENOTFOUND: 'there is no machine of that name',
};

function unreachable({ code, message, detail, next, cause }: ClientError): Told {
  const words = CAUSES[cause instanceof Error && 'code' in cause ? String(cause.code) : ''];
  return { code, message: words === undefined ? message : `${message}: ${words}`, detail, next };
}

function toldOf(error: unknown): Told {
  if (error instanceof ClientError && error.code === 'control-plane-unreachable') return unreachable(error);
  if (error instanceof SheerError || error instanceof ClientError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: `something went wrong inside of sheer: ${message}`,
    detail: [],
    next: null,
  };
}
