import { createReadStream } from 'node:fs';
import { closest } from '#model';
import type { Ecosystem } from '#versions';
import { CliError, unreadable } from '../cli-error.ts';
import { printJsonLine } from '../command.ts';
import type { CommandContext, CommandDefinition, Given } from '../command.ts';
import type { Look } from '../text/look.ts';
import { wrapped } from '../text/margin.ts';
import type { VersionPairs } from '../version-pairs/compare-pairs.ts';

export const versionCommands: readonly CommandDefinition[] = [
  {
    name: 'versions compare',
    summary: 'which of two versions is older, line by line; needs no control plane',
    parameters: [{ name: '[file]', description: 'two versions on each line; without it, standard input' }],
    options: [
      {
        flags: '--ecosystem <name>',
        description: 'of OSV: Debian, Alpine, Red Hat, npm, PyPI, Maven, …',
        required: true,
      },
    ],
    examples: [
      ['versions compare --ecosystem Debian pairs.txt', '<, = or > for each line'],
      ["versions compare --ecosystem 'red hat' --json < pairs.txt", 'one JSON document'],
    ],
    run: compare,
  },
];

async function compare(context: CommandContext, given: Given): Promise<void> {
  const { terminal, json } = context;
  // Loaded when it is asked for: no other command needs it.
  const { comparePairs } = await import('../version-pairs/compare-pairs.ts');
  const ecosystem = await ecosystemOf(given.text('ecosystem') ?? '', context.look);
  const pairs = pairsOf(given.parameters[0], context);
  // One document can't be taken back when a line is malformed: a byte for each is kept until the end.
  const kept: string[] = [];
  for await (const orders of comparePairs(pairs, ecosystem.scheme)) {
    if (json) kept.push(orders);
    else if (orders !== '') await terminal.write(`${orders.split('').join('\n')}\n`);
  }
  if (json) {
    const { name, release, scheme } = ecosystem;
    await printJsonLine(context, {
      ecosystem: release === null ? name : `${name}:${release}`,
      scheme,
      orders: kept.join('').split(''),
    });
  }
}

async function ecosystemOf(text: string, look: Look): Promise<Ecosystem> {
  const { ecosystemNames, findEcosystem } = await import('#versions');
  const found = findEcosystem(text);
  if (found !== null) return found;
  const names = ecosystemNames();
  const lower = text.toLowerCase();
  const meant = closest(text, names) ?? names.find((name) => name.toLowerCase().startsWith(lower)) ?? null;
  throw new CliError('invalid-input', `there is no order of versions for the ecosystem "${text}"`, {
    detail: wrapped(inDetail(look), `those with one: ${names.join(', ')}`, ''),
    ...(meant === null ? {} : { next: `sheer versions compare --ecosystem '${meant}'` }),
  });
}

/** Errors are printed with their details moved in. */
function inDetail(look: Look): Look {
  return { ...look, columns: look.columns === null ? null : look.columns - 4 };
}

function pairsOf(file: string | undefined, { terminal }: CommandContext): VersionPairs {
  if (file === undefined || file === '-') return { name: 'standard input', pieces: terminal.read() };
  return { name: file, pieces: piecesOf(file) };
}

async function* piecesOf(file: string): AsyncGenerator<Uint8Array, void> {
  const stream = createReadStream(file);
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    stream.destroy();
  }
}
