import { appendFile, writeFile } from 'node:fs/promises';
import type { FlowImportRequest } from '#sdk';
import { unwritable } from '../cli-error.ts';
import { printJsonLine, printLines } from '../command.ts';
import type { CommandContext, CommandDefinition, Given } from '../command.ts';
import { openLog } from '../flow-log/read-log.ts';
import { sendLog } from '../flow-log/send-log.ts';
import { createProgressLine } from '../progress-line.ts';
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
      {
        flags: '--out <file>',
        description: 'each line with names, as JSON, into this file: also those imported before',
      },
    ],
    examples: [
      [
        'flows import vpc.log.gz --format vpc --scope vpc/main',
        'an import; again: goes on where it ended, with what was added to the file',
      ],
      ['flows import conn.log --format zeek --out named.ndjson', 'and each line with names'],
    ],
    run: importFlows,
  },
];

async function importFlows(context: CommandContext, given: Given): Promise<void> {
  const log = await openLog(given.parameters[0] ?? '');
  const path = given.text('out');
  const out = path === undefined ? null : createLineFile(path);
  const line = createProgressLine(context);
  const state = await sendLog({
    client: context.client(),
    log,
    // The parser took no other.
    format: given.text('format') as FlowImportRequest['format'],
    scope: given.text('scope') ?? null,
    onBegin: (offset) => {
      if (offset === 0) return;
      const rest = out === null ? '' : '; it is named again, and not counted again';
      context.terminal.writeError(
        `  goes on behind byte ${numberText(offset)}: the rest was imported before${rest}\n`,
      );
    },
    onLines: out?.write ?? null,
    onProgress: async (progress) => {
      if (context.json) await printJsonLine(context, { kind: 'progress', ...progress });
      else line.show(progressText(progress));
    },
  }).finally(line.clear);
  await out?.close();
  if (context.json) await printJsonLine(context, { kind: 'result', ...state });
  else await printLines(context, renderFlowImport(cleanAnswer(state), context.look));
}

interface LineFile {
  readonly write: (lines: string) => Promise<void>;
  /** Empty where no line had names to give. */
  readonly close: () => Promise<void>;
}

/** Made anew by the first lines: until then an earlier one stays. */
function createLineFile(path: string): LineFile {
  let isBegun = false;
  const write = async (lines: string): Promise<void> => {
    const add = isBegun ? appendFile : writeFile;
    isBegun = true;
    await add(path, lines).catch((error: unknown) => {
      throw unwritable(path, error);
    });
  };
  return { write, close: async () => (isBegun ? undefined : write('')) };
}
