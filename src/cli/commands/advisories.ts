import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AdvisorySyncStep } from '#sdk';
import { CliError, unreadable } from '../cli-error.ts';
import { print, printJsonLine, printLines } from '../command.ts';
import type { CommandContext, CommandDefinition, Given } from '../command.ts';
import { createProgressLine } from '../progress-line.ts';
import { renderAdvisories, renderSync, syncProgressText } from '../render/advisories.ts';
import { cleanAnswer } from '../text/clean.ts';

/** Where it is written what is vulnerable. */
export const advisoryCommands: readonly CommandDefinition[] = [
  {
    name: 'advisories sync',
    summary: 'reads OSV records and OpenVEX statements; only what changed, withdrawn ones too',
    parameters: [
      {
        name: '[place]',
        description: 'a URL, a zip, a file or a directory; without it every place that was synced before',
      },
    ],
    options: [
      { flags: '--accept-fewer', description: 'also where a place has lost more than half of what it had' },
    ],
    examples: [
      ['advisories sync osv/Debian/all.zip', 'from a file, without a network'],
      ['advisories sync', 'what changed since in all places'],
    ],
    run: sync,
  },
  {
    name: 'advisories status',
    summary: 'where advisories come from, how many there are, and how new they are',
    examples: [['advisories status', 'each source with its newest record']],
    run: async (context) => print(context, await context.client().advisories(), renderAdvisories),
  },
];

async function sync(context: CommandContext, given: Given): Promise<number> {
  const place = await placeOf(given.parameters[0], context);
  const acceptFewer = given.flag('acceptFewer');
  const progress = createProgressLine(context);
  const expected =
    context.terminal.isErrorInteractive && !context.json ? await recordsOf(place, context) : null;
  const begin = context.clock();
  let last: AdvisorySyncStep | null = null;
  try {
    for await (const step of context.client().syncAdvisories(place, { acceptFewer })) {
      last = step;
      if (context.json) await printJsonLine(context, step);
      else progress.show(syncProgressText({ step, elapsedMs: context.clock() - begin, expected }));
    }
  } finally {
    progress.clear();
  }
  // The client throws where there is no result.
  if (last !== null && !context.json) await printLines(context, renderSync(cleanAnswer(last), context.look));
  return 0;
}

/** As the place had them the last time; null: it is new. */
async function recordsOf(place: string | null, context: CommandContext): Promise<number | null> {
  const sources = await context.client().advisories();
  const known = sources.filter(({ id }) => place === null || id === place);
  return known.length === 0 ? null : known.reduce((sum, { records }) => sum + records, 0);
}

/** The control plane on this machine reads the file itself: it may be of some gigabytes. */
async function placeOf(given: string | undefined, { server }: CommandContext): Promise<string | null> {
  if (given === undefined) return null;
  if (/^https?:\/\//i.test(given)) return given;
  if (server !== null) {
    throw new CliError(
      'invalid-input',
      `${given} is on this machine, and the control plane is at ${server}`,
      {
        next: 'sync a URL, or copy the file there and sync it there',
      },
    );
  }
  await stat(given).catch((error: unknown) => {
    throw unreadable(given, error);
  });
  return resolve(given);
}
