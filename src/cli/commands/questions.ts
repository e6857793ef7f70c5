import { CliError } from '../cli-error.ts';
import type { CommandDefinition } from '../command.ts';
import { print } from '../command.ts';
import { renderLint, renderNext } from '../render/advice.ts';
import { renderFlows } from '../render/call-table.ts';
import { renderHistory } from '../render/record.ts';
import { renderCapabilities, renderSources } from '../render/status.ts';
import { renderWhois } from '../render/whois.ts';
import { renderWhy } from '../render/why.ts';

/** What is asked about one thing, or about everything at once. */
export const questionCommands: readonly CommandDefinition[] = [
  {
    name: 'whois',
    summary: 'who held an address at a time',
    parameters: [{ name: '<address>', description: 'IP or IP:PORT; [IPv6]:PORT' }],
    options: [
      { flags: '--at <time>', description: 'then: 02:13, "yesterday 02:13", 5m (ago), RFC 3339; UTC' },
      {
        flags: '--scope <scope>',
        description: "the network that the address is of; without one this node's",
      },
    ],
    examples: [
      ['whois 10.42.3.7', 'who has it now'],
      ['whois 10.42.3.7:443 --at 02:13', 'who listened there at 02:13'],
    ],
    run: async (context, given) => {
      const query = { address: given.parameters[0] ?? '', at: given.text('at'), scope: given.text('scope') };
      await print(context, await context.client().whois(query), renderWhois);
    },
  },
  {
    name: 'why',
    summary: 'whether one service calls another, and how that is known',
    parameters: [
      { name: '<from>', description: 'the calling service' },
      { name: '<to>', description: 'a service or an external; SERVICE:PORT for one port' },
    ],
    examples: [['why web orders-db:5432', 'whether web calls this port of orders-db']],
    run: async (context, given) => {
      const target = splitPort(given.parameters[1] ?? '');
      const query = { from: given.parameters[0] ?? '', ...target };
      await print(context, await context.client().why(query), renderWhy);
    },
  },
  {
    name: 'flows',
    summary: 'connections per minute, in names',
    options: [
      { flags: '--since <time>', description: 'since then; without it: the last hour' },
      { flags: '--from <name>', description: 'opened by this service, instance or external' },
      { flags: '--to <name>', description: 'opened to it' },
      { flags: '--unknown', description: 'only those with an end that has no name' },
      { flags: '--limit <count>', description: 'at most so many rows' },
    ],
    examples: [
      ['flows --since 5m --from web', 'what web opened in the last five minutes'],
      ['flows --unknown', 'what could not be named, and why'],
    ],
    run: async (context, given) => {
      const query = {
        since: given.text('since'),
        from: given.text('from'),
        to: given.text('to'),
        unknown: given.flag('unknown') || undefined,
        limit: given.count('limit', 1),
      };
      await print(context, await context.client().flows(query), renderFlows);
    },
  },
  {
    name: 'history',
    summary: 'what was recorded about something',
    parameters: [{ name: '<subject>', description: 'a service, instance, image, team, external or address' }],
    options: [{ flags: '--limit <count>', description: 'at most so many entries' }],
    examples: [['history checkout', 'what happened to checkout, newest first']],
    run: async (context, given) => {
      const limit = given.count('limit', 1);
      await print(context, await context.client().history(given.parameters[0] ?? '', limit), renderHistory);
    },
  },
  {
    name: 'lint',
    summary: 'what is overdue, what has no owner, and what differs from what was declared',
    examples: [['lint', 'everything that is worth a look']],
    run: async (context) => print(context, await context.client().lint(), renderLint),
  },
  {
    name: 'next',
    summary: 'the one next step that helps most',
    parameters: [{ name: '[service]', description: 'for this service; without one for everything' }],
    examples: [
      ['next', 'the step that helps most'],
      ['next checkout', 'the step that helps checkout most'],
    ],
    run: async (context, given) =>
      print(context, await context.client().next(given.parameters[0]), renderNext),
  },
  {
    name: 'capabilities',
    summary: 'what each engine, sensor and log format can do',
    examples: [['capabilities', 'the matrix of what is here']],
    run: async (context) => print(context, await context.client().capabilities(), renderCapabilities),
  },
  {
    name: 'sources',
    summary: 'where the graph knows things from, and how fresh each source is',
    examples: [['sources', 'each source with its state, and what it lost']],
    run: async (context) => print(context, await context.client().sources(), renderSources),
  },
];

/** `orders-db:5432`; names have no colon, IPv6 addresses have several. */
function splitPort(text: string): { readonly to: string; readonly port?: number } {
  const match = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(text);
  if (!match) return { to: text };
  const port = Number(match[2]);
  if (port > 65_535)
    throw new CliError('invalid-input', `${port} is not a port`, { next: 'ports go up to 65535' });
  return { to: match[1] ?? '', port };
}
