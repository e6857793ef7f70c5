import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { AuditRecord } from '#model';
import { ClientError } from '#sdk';
import type { Client } from '#sdk';
import { unwritable } from '../cli-error.ts';
import { print, printJsonLine, printLines } from '../command.ts';
import type { CommandContext, CommandDefinition } from '../command.ts';
import { auditLine, renderAudit, renderHeads, renderVerification } from '../render/record.ts';
import { cleanAnswer } from '../text/clean.ts';

const TAIL_LINES = 20;
const RECORDS_PER_READ = 1000;

/** The tamper-evident record of who decided what. */
export const auditCommands: readonly CommandDefinition[] = [
  {
    name: 'audit tail',
    summary: 'the newest declarations, decisions and actions',
    options: [
      { flags: '-n, --lines <count>', description: `so many records; without it: ${TAIL_LINES}` },
      { flags: '-f, --follow', description: 'and each new one as it comes' },
    ],
    examples: [
      ['audit tail', 'the newest records'],
      ['audit tail --follow', 'and those that come'],
    ],
    run: async (context, given) => {
      const client = context.client();
      const lines = given.count('lines', 0) ?? TAIL_LINES;
      const head = (await client.auditHead())['audit']?.position ?? 0;
      const after = Math.max(0, head - lines);
      const records = lines === 0 ? [] : await client.audit({ after, limit: lines });
      if (!given.flag('follow')) {
        await print(context, records, renderAudit);
        return;
      }
      await follow(context, client, records.length === 0 ? head : after);
    },
  },
  {
    name: 'audit verify',
    summary: 'recomputes the chain; names what was edited, dropped or reordered',
    options: [
      { flags: '--head <head>', description: 'POSITION:HASH, as `sheer audit head` printed it once' },
    ],
    examples: [
      ['audit verify', 'whether the record is unbroken'],
      ['audit verify --head 812:9a1e…', 'and still ends in what was kept elsewhere, or goes on from it'],
    ],
    run: async (context, given) => {
      const answer = await context.client().auditVerify(given.text('head'));
      await print(context, answer, renderVerification);
      return answer.streams.every(({ ok }) => ok) ? 0 : 1;
    },
  },
  {
    name: 'audit head',
    summary: 'where the record ends, for keeping elsewhere',
    examples: [['audit head', 'position and hash of each stream']],
    run: async (context) => print(context, await context.client().auditHead(), renderHeads),
  },
  {
    name: 'audit export',
    summary: 'all records, one line of JSON each',
    options: [{ flags: '--out <file>', description: 'into this file' }],
    examples: [['audit export --out audit.ndjson', 'the whole record as a file']],
    run: async (context, given) => {
      const [lines, path] = [context.client().auditExport(), given.text('out')];
      const records =
        path === undefined ? await exportToTerminal(context, lines) : await exportToFile(path, lines);
      if (context.json) await printJsonLine(context, { kind: 'result', records });
    },
  },
];

/** Records after a position until Ctrl-C; level-based: an event only says that there may be more. */
async function follow(context: CommandContext, client: Client, after: number): Promise<void> {
  const stop = new AbortController();
  const forget = context.terminal.onInterrupt(() => stop.abort());
  let position = after;
  let shown = 0;
  try {
    for await (const event of client.events({ signal: stop.signal })) {
      if (event.kind === 'change' && event.change.stream !== 'audit') continue;
      for await (const record of recordsAfter(client, position)) {
        await printRecord(context, record);
        position = record.position;
        shown += 1;
      }
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    forget();
  }
  if (context.json) await printJsonLine(context, { kind: 'result', records: shown });
}

async function* recordsAfter(client: Client, after: number): AsyncGenerator<AuditRecord> {
  let records = await client.audit({ after, limit: RECORDS_PER_READ });
  while (records.length > 0) {
    yield* records;
    records = await client.audit({ after: records.at(-1)?.position, limit: RECORDS_PER_READ });
  }
}

async function printRecord(context: CommandContext, record: AuditRecord): Promise<void> {
  if (context.json) await printJsonLine(context, { kind: 'record', ...record });
  else await printLines(context, [auditLine(cleanAnswer(record), context.look)]);
}

async function exportToTerminal({ terminal }: CommandContext, lines: AsyncIterable<string>): Promise<number> {
  let count = 0;
  for await (const line of lines) {
    await terminal.write(`${line}\n`);
    count += 1;
  }
  return count;
}

async function exportToFile(path: string, lines: AsyncIterable<string>): Promise<number> {
  let count = 0;
  async function* counted(): AsyncGenerator<string> {
    for await (const line of lines) {
      yield `${line}\n`;
      count += 1;
    }
  }
  await pipeline(counted, createWriteStream(path, { mode: 0o600 })).catch((error: unknown) => {
    throw error instanceof ClientError ? error : unwritable(path, error);
  });
  return count;
}
