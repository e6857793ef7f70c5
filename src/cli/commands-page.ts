import type { CommandDefinition, OptionDefinition } from './command.ts';
import { allCommands } from './commands/index.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';

/** `docs/commands.md`, made from the commands themselves. */
export function commandsPage(): string {
  const commands = allCommands(NO_HANDLERS);
  return [
    '# Commands',
    '',
    'Made by `npm run docs` from the commands themselves; a test compares the two.',
    '',
    '| command | what it gives |',
    '| --- | --- |',
    ...commands.map(
      (command) => `| [\`${usage(command)}\`](#${anchor(command)}) | ${cell(command.summary)} |`,
    ),
    '',
    '## Options of every command',
    '',
    ...optionLines(GLOBAL_OPTIONS),
    '',
    'Exit codes: 0 done (also when the honest answer is "unknown"), 1 failed, 2 invalid input or usage,',
    "3 not found, 4 refused by policy or capability, 5 the control plane can't be reached.",
    '',
    ...commands.flatMap(section),
  ].join('\n');
}

/** The page only reads what the commands are called. */
const NO_HANDLERS = { up: () => Promise.resolve(0), demo: () => Promise.resolve(0) };

function section(command: CommandDefinition): readonly string[] {
  const { name, summary, parameters = [], options = [], examples } = command;
  return [
    `## sheer ${name}`,
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    '',
    `    sheer ${usage(command)}${options.length === 0 ? '' : ' [options]'}`,
    '',
    ...parameters.map((parameter) => `- \`${parameter.name}\` ${parameter.description}`),
    ...optionLines(options),
    ...(parameters.length + options.length === 0 ? [] : ['']),
    ...examples.flatMap(([line, does]) => [`    $ sheer ${line}`, `    # ${does}`]),
    '',
  ];
}

function optionLines(options: readonly OptionDefinition[]): readonly string[] {
  return options.map(({ flags, description, choices, required }) => {
    const more = [choices?.join(', '), required ? 'needed' : undefined].filter((part) => part !== undefined);
    return `- \`${flags}\` ${description}${more.length === 0 ? '' : ` (${more.join('; ')})`}`;
  });
}

function usage({ name, parameters = [] }: CommandDefinition): string {
  return [name, ...parameters.map((parameter) => parameter.name)].join(' ');
}

function anchor({ name }: CommandDefinition): string {
  return `sheer-${name.replaceAll(' ', '-')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
