import type { ListQuery } from '#sdk';
import { CliError } from '../cli-error.ts';
import type { CommandContext, CommandDefinition, Given, OptionDefinition } from '../command.ts';
import { print } from '../command.ts';
import { renderImageTree } from '../render/image-tree.ts';
import { renderCalls } from '../render/call-table.ts';
import { renderInstances } from '../render/instance-table.ts';
import { renderServices } from '../render/service-table.ts';
import { renderExternals, renderImages, renderNodes, renderTeams } from '../render/thing-tables.ts';

const filterOptions: readonly OptionDefinition[] = [
  { flags: '--at <time>', description: 'as it was then: 02:13, "yesterday 02:13", 5m (ago), RFC 3339; UTC' },
  { flags: '--team <team>', description: 'only what this team owns' },
  { flags: '--environment <name>', description: 'only this environment' },
];

function listQuery(given: Given): ListQuery {
  return { at: given.text('at'), team: given.text('team'), environment: given.text('environment') };
}

/** One table per kind of thing. */
export const tableCommands: readonly CommandDefinition[] = [
  {
    name: 'services',
    summary: 'what runs as one, and whose it is',
    options: filterOptions,
    examples: [
      ['services', 'all services, with their owners'],
      ['services --team payments --at "yesterday 18:00"', 'those of a team, as they were'],
    ],
    run: async (context, given) =>
      print(context, await context.client().services(listQuery(given)), renderServices),
  },
  {
    name: 'instances',
    summary: 'containers and processes, with their addresses',
    options: [...filterOptions, { flags: '--service <service>', description: 'only those of this service' }],
    examples: [
      ['instances', 'everything that runs'],
      ['instances --service checkout --at 02:13', 'the copies of checkout at 02:13'],
    ],
    run: async (context, given) => {
      const query = { ...listQuery(given), service: given.text('service') };
      await print(context, await context.client().instances(query), renderInstances);
    },
  },
  {
    name: 'nodes',
    summary: 'machines',
    options: filterOptions,
    examples: [['nodes', 'each machine with its system and kernel']],
    run: async (context, given) =>
      print(context, await context.client().nodes(listQuery(given)), renderNodes),
  },
  {
    name: 'images',
    summary: 'images by their content, and what runs them',
    options: [
      ...filterOptions,
      {
        flags: '--tree',
        description:
          'each below its base: up to which layer, and how that is known; has what they hold read from then on',
      },
    ],
    examples: [
      ['images --environment production', 'images that production runs'],
      ['images --tree', 'every image that runs or was declared, below what it is built upon'],
    ],
    run: images,
  },
  {
    name: 'teams',
    summary: 'teams, and what they own',
    options: filterOptions,
    examples: [['teams', 'each team with its services']],
    run: async (context, given) =>
      print(context, await context.client().teams(listQuery(given)), renderTeams),
  },
  {
    name: 'externals',
    summary: 'what lies outside: legacy hosts, databases, SaaS',
    options: filterOptions,
    examples: [['externals', 'what lies outside, and who calls it']],
    run: async (context, given) =>
      print(context, await context.client().externals(listQuery(given)), renderExternals),
  },
  {
    name: 'calls',
    summary: 'who calls whom',
    options: [...filterOptions, { flags: '--since <time>', description: 'only calls seen since then' }],
    examples: [
      ['calls', 'the dependency map'],
      ['calls --team payments --since 1h', 'calls of a team in the last hour'],
    ],
    run: async (context, given) => {
      const query = { ...listQuery(given), since: given.text('since') };
      await print(context, await context.client().calls(query), renderCalls);
    },
  },
];

async function images(context: CommandContext, given: Given): Promise<void> {
  const { at, team, environment } = listQuery(given);
  if (!given.flag('tree')) {
    await print(context, await context.client().images({ at, team, environment }), renderImages);
    return;
  }
  const filter = ['team', 'environment'].find((option) => given.text(option) !== undefined);
  if (filter !== undefined) {
    throw new CliError('invalid-input', `--tree shows all images: it takes no --${filter}`, {
      next: `sheer images --${filter} NAME, without --tree`,
    });
  }
  await print(context, await context.client().imageTree({ at }), renderImageTree);
}
