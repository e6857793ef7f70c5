import { appendFile, writeFile } from 'node:fs/promises';
import type { FlowImportRequest } from '#sdk';
import { unwritable } from '../cli-error.ts';
import { printJsonLine, printLines } from '../command.ts';
import type { CommandContext, CommandDefinition, Given } from '../command.ts';
import { openLog } from '../flow-log/read-log.ts';
import { sendLog } from '../flow-log/send-log.ts';
import type { FlowImportProgress } from '../flow-log/send-log.ts';
import { progressText, renderFlowImport } from '../render/flow-import.ts';
import { cleanAnswer } from '../text/clean.ts';
import { numberText } from '../text/amount-text.ts';

const FORMATS = ['vpc', 'zeek', 'conntrack'] as const;

export const flowImportCommands: readonly CommandDefinition[] = [
  {
    name: 'flows import',
    summary: 'late logs of other tools, named as of their own time',
    parameters: [{ name: '<file>', description: 'the log; .gz is read as it is' }],
    options: [
      {
        flags: '--format <format>',
        description: 'VPC flow logs, Zeek conn.log, or `conntrack -E` output',
        choices: FORMATS,
        required: true,
      },
      { flags: '--scope <scope>', description: 'the network that its addresses are of: vpc/NAME' },
      { flags: '--out <file>', description: 'each line with names, as JSON, into this file' },
    ],
    examples: [
      ['flows import vpc.log.gz --format vpc --scope vpc/main', 'an import; the same command continues it'],
      ['flows import conn.log --format zeek --out named.ndjson', 'and each line with names'],
    ],
    run: importFlows,
  },
];

async function importFlows(context: CommandContext, given: Given): Promise<void> {
  const log = await openLog(given.parameters[0] ?? '');
  const out = given.text('out');
  const state = await sendLog({
    client: context.client(),
    log,
    // The parser took no other.
    format: given.text('format') as FlowImportRequest['format'],
    scope: given.text('scope') ?? null,
    onLines: out === undefined ? null : linesTo(out, context),
    onProgress: (progress) => showProgress(context, progress),
  });
  if (context.terminal.isErrorInteractive && !context.json) context.terminal.writeError('\r\u001b[K');
  if (context.json) await printJsonLine(context, { kind: 'result', ...state });
  else await printLines(context, renderFlowImport(cleanAnswer(state), context.look));
}

/** A new import makes the file anew, one that goes on lengthens it. */
function linesTo(
  path: string,
  { terminal }: CommandContext,
): (lines: string, offset: number) => Promise<void> {
  let begun = false;
  return async (lines, offset) => {
    if (!begun && offset > 0) {
      terminal.writeError(
        `  goes on at byte ${numberText(offset)}; what is before stays in ${path} as it is\n`,
      );
    }
    const write = begun || offset > 0 ? appendFile : writeFile;
    begun = true;
    await write(path, lines).catch((error: unknown) => {
      throw unwritable(path, error);
    });
  };
}

async function showProgress(context: CommandContext, progress: FlowImportProgress): Promise<void> {
  if (context.json) await printJsonLine(context, { kind: 'progress', ...progress });
  else if (context.terminal.isErrorInteractive) {
    context.terminal.writeError(`\r${progressText(progress)}\u001b[K`);
  }
}
