import { Command, CommanderError, Option } from 'commander';
import type { Clock } from '#model';
import { CliError } from './cli-error.ts';
import type { CommandContext, CommandDefinition, Given, OptionDefinition } from './command.ts';
import { allCommands } from './commands/index.ts';
import type { Handlers } from './commands/control.ts';
import { connect } from './connection.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import { reportError } from './report-error.ts';
import { statePaths } from './state-paths.ts';
import type { Environment } from './state-paths.ts';
import type { Terminal } from './terminal.ts';
import type { Look } from './text/look.ts';

export interface ProgramOptions {
  readonly version: string;
  readonly handlers: Handlers;
  readonly terminal: Terminal;
  readonly environment: Environment;
  /** The user's home directory. */
  readonly home: string;
  readonly clock: Clock;
}

export interface Program {
  /** Runs one command line, without the names of Node and the program; gives the exit code. */
  readonly run: (line: readonly string[]) => Promise<number>;
}

/** The command `sheer`. */
export function createProgram(options: ProgramOptions): Program {
  return {
    async run(line) {
      let exit = 0;
      const root = buildRoot(options);
      for (const definition of allCommands(options.handlers)) {
        addCommand(root, definition).action(async (...given: unknown[]) => {
          // Commander hands the command itself over last.
          const command = given.at(-1) as Command;
          refuseOptionsOfParent(command);
          const context = contextOf(command.optsWithGlobals(), options);
          exit = (await definition.run(context, givenOf(command))) ?? 0;
        });
      }
      try {
        await root.parseAsync(line.length === 0 ? ['--help'] : line, { from: 'user' });
        return exit;
      } catch (error) {
        if (error instanceof CommanderError && error.exitCode === 0) return 0;
        const { terminal } = options;
        // Where the line can't be read, its options can't either.
        const json = line.includes('--json');
        const look = lookOf({ json, color: !line.includes('--no-color') }, options);
        return reportError(usageError(error, helpOf(root, line)), { terminal, look, json });
      }
    },
  };
}

const HELP_COLUMNS_MAX = 100;

function buildRoot({ version, terminal }: ProgramOptions): Command {
  const root: Command = new Command('sheer');
  root
    .description('One live graph of what runs: who it is, whose it is, what it calls; now and then.')
    .version(`sheerline ${version}`, '--version', 'print the version')
    .helpOption('-h, --help', 'show this')
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp({
      showGlobalOptions: true,
      // Commander counts the options of `flows` among those of `flows import`.
      visibleGlobalOptions: (command) => (command.parent === null ? [] : [...root.options]),
      helpWidth: Math.min(terminal.columns, HELP_COLUMNS_MAX),
    })
    .configureOutput({
      writeOut: (text) => void terminal.write(text),
      // Printed by reportError, in our own words.
      writeErr: () => undefined,
    });
  for (const option of GLOBAL_OPTIONS) root.addOption(toOption(option));
  return root;
}

function addCommand(root: Command, definition: CommandDefinition): Command {
  const words = definition.name.split(' ');
  const parent = words.length === 1 ? root : groupOf(root, words[0] ?? '');
  const command = parent.command(words.at(-1) ?? '').description(definition.summary);
  for (const { name, description } of definition.parameters ?? []) command.argument(name, description);
  for (const option of definition.options ?? []) command.addOption(toOption(option));
  const examples = definition.examples.map(([line, does]) => `  $ sheer ${line}\n      ${does}`);
  return command.addHelpText('after', `\nExamples:\n${examples.join('\n')}\n`);
}

/** `flows` is a command itself, `audit` only holds others. */
function groupOf(root: Command, name: string): Command {
  const existing = root.commands.find((command) => command.name() === name);
  return (
    existing ??
    root
      .command(name)
      .description(GROUPS[name] ?? '')
      .helpCommand(false)
  );
}

const GROUPS: Readonly<Record<string, string>> = {
  advisories: 'what is known to be vulnerable, and where that is written',
  audit: 'the tamper-evident record of who decided what',
  documents: "other tools' lists of packages, and VEX statements",
  fix: 'where to fix a vulnerability',
  versions: 'the exact order of versions of each ecosystem',
};

function toOption({ flags, description, choices, required }: OptionDefinition): Option {
  const option = new Option(flags, description);
  if (choices !== undefined) option.choices([...choices]);
  return required ? option.makeOptionMandatory() : option;
}

/** `flows import --since 5m`: the option belongs to `flows`, and would be ignored. */
function refuseOptionsOfParent(command: Command): void {
  const { parent } = command;
  const [foreign] = parent?.parent ? Object.keys(parent.opts()) : [];
  if (foreign === undefined) return;
  throw new CliError(
    'invalid-input',
    `--${foreign} belongs to sheer ${parent?.name()}, not to ${command.name()}`,
    {
      next: `sheer ${parent?.name()} ${command.name()} --help`,
    },
  );
}

/** As commander keeps them: by the option's name in camel case. */
type RawOptions = Readonly<Record<string, unknown>>;

function contextOf(raw: RawOptions, options: ProgramOptions): CommandContext {
  const { terminal, clock, environment, home, version } = options;
  const [state, server, tokenFile] = ['state', 'server', 'tokenFile'].map((name) => textOf(raw[name]));
  if (state !== undefined && server !== undefined) {
    throw new CliError(
      'invalid-input',
      '--state is a control plane here, --server one elsewhere: use one of them',
    );
  }
  const paths = statePaths(state, environment, home);
  return {
    terminal,
    look: lookOf(raw, options),
    clock,
    paths,
    server: server ?? null,
    json: raw['json'] === true,
    yes: raw['yes'] === true,
    version,
    client: () => connect({ paths, isUsual: state === undefined, server, tokenFile, environment }),
  };
}

/** Colours only where a person sees them; https://no-color.org */
function lookOf(raw: RawOptions, { terminal, environment, clock }: ProgramOptions): Look {
  const isPlain =
    raw['color'] === false || Boolean(environment['NO_COLOR']) || environment['TERM'] === 'dumb';
  return {
    columns: terminal.isInteractive ? terminal.columns : null,
    colour: terminal.isInteractive && !isPlain,
    now: clock(),
    exact: raw['exact'] === true,
  };
}

function givenOf(command: Command): Given {
  const raw: RawOptions = command.opts();
  return {
    parameters: command.args,
    text: (option) => textOf(raw[option]),
    // Commander gives an array for an option that may stand several times.
    texts: (option) => (raw[option] ?? []) as readonly string[],
    flag: (option) => raw[option] === true,
    count(option, minimum = 0) {
      const text = textOf(raw[option]);
      if (text === undefined) return undefined;
      if (/^\d{1,9}$/.test(text) && Number(text) >= minimum) return Number(text);
      throw new CliError('invalid-input', `--${option}: "${text}" is not a whole number from ${minimum} on`);
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The help of the command that the line was meant for. */
function helpOf(root: Command, line: readonly string[]): string {
  const names = ['sheer'];
  let command = root;
  for (const word of line) {
    const found = command.commands.find((one) => one.name() === word);
    if (found === undefined) continue;
    names.push(word);
    command = found;
  }
  return `${names.join(' ')} --help`;
}

/** What commander found wrong, as an error of ours; anything else as it is. */
function usageError(error: unknown, help: string): unknown {
  if (!(error instanceof CommanderError)) return error;
  const [message = '', hint] = error.message.replace(/^error: /, '').split('\n');
  if (error.code === 'commander.help') {
    return new CliError('invalid-input', 'which command?', { next: help });
  }
  return new CliError('invalid-input', hint === undefined ? message : `${message} ${hint}`, {
    next: help,
  });
}
