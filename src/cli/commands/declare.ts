import type { DeclarationResult } from '#model';
import { CliError } from '../cli-error.ts';
import { agreedTo, print, printLines } from '../command.ts';
import type { CommandContext, CommandDefinition, Given } from '../command.ts';
import { declaredFiles } from '../declared-files.ts';
import { renderDeclaration } from '../render/record.ts';
import { cleanAnswer, cleanText } from '../text/clean.ts';

export const declareCommands: readonly CommandDefinition[] = [
  {
    name: 'declare',
    summary: 'teams, services, images, externals, environments, calls and deadlines, from files',
    parameters: [
      {
        name: '[path]',
        description:
          'a sheer.yaml, or a directory with them, CODEOWNERS and catalog files; Containerfiles of its images come along',
      },
    ],
    options: [{ flags: '--suggest', description: 'print a sheer.yaml for what runs and is not declared' }],
    examples: [
      ['declare --suggest > sheer.yaml', 'a first draft, to be edited'],
      ['declare sheer.yaml', 'shows what would change, and asks'],
      ['declare . --yes', 'everything that this directory declares, without a question'],
    ],
    run: declare,
  },
];

async function declare(context: CommandContext, given: Given): Promise<number> {
  const path = given.parameters[0];
  if (given.flag('suggest')) return suggest(context, path);
  if (path === undefined) {
    throw new CliError('invalid-input', 'declare needs a file or a directory', {
      next: 'sheer declare sheer.yaml, or sheer declare --suggest for a first draft',
    });
  }
  const client = context.client();
  const files = await declaredFiles(path);
  const plan = await client.declare({ files, dryRun: true });
  if (plan.changes.length === 0) {
    await print(context, plan, renderDeclaration);
    return 0;
  }
  if (!(await agreed(context, plan))) return 1;
  await print(context, await client.declare({ files, dryRun: false }), renderDeclaration);
  return 0;
}

async function suggest(context: CommandContext, path: string | undefined): Promise<number> {
  if (path !== undefined) {
    throw new CliError('invalid-input', `--suggest reads no file, but "${path}" was given`);
  }
  const answer = await context.client().suggestion();
  // Lines of a file: each is cleaned by itself.
  const lines = answer.suggestion.trimEnd().split('\n').map(cleanText);
  if (context.json) await print(context, answer, () => []);
  else await printLines(context, lines);
  return 0;
}

/** Asked only where there is someone to answer. */
async function agreed(context: CommandContext, plan: DeclarationResult): Promise<boolean> {
  const { terminal, look, yes } = context;
  if (yes || !terminal.canAsk) return true;
  return agreedTo(context, renderDeclaration(cleanAnswer(plan), look));
}
