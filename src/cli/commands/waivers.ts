import type { Client, WaiverRequest } from '#sdk';
import { CliError } from '../cli-error.ts';
import { agreedTo, print } from '../command.ts';
import type { CommandContext, CommandDefinition, Given } from '../command.ts';
import { renderWaiver, renderWaiverPlan, renderWaivers } from '../render/waivers.ts';
import { cleanAnswer } from '../text/clean.ts';
import { vulnerabilityParameter } from './vulnerability-parameter.ts';

/** What may stay for a while, and who answers for it. */
export const waiverCommands: readonly CommandDefinition[] = [
  {
    name: 'waive',
    summary: 'lets a vulnerability stay somewhere for a while; somebody answers for it',
    parameters: [vulnerabilityParameter],
    options: [
      { flags: '--for <subject>', description: 'a service, image, team or instance', required: true },
      { flags: '--owner <team>', description: 'who answers for it' },
      { flags: '--reason <text>', description: 'why it may stay' },
      { flags: '--until <date>', description: 'the last day, in UTC, or RFC 3339; it ends by itself then' },
      { flags: '--end', description: 'end it now' },
    ],
    examples: [
      [
        'waive CVE-2024-6387 --for checkout --owner payments --reason "sshd never starts" --until 2026-12-31',
        'shows what it excuses, and asks',
      ],
      ['waive CVE-2024-6387 --for checkout --end', 'takes it back'],
    ],
    run: waive,
  },
  {
    name: 'waivers',
    summary: 'what is waived, who answers for it, and until when',
    examples: [['waivers', 'all of them, those that hold first']],
    run: async (context) => print(context, await context.client().waivers(), renderWaivers),
  },
];

async function waive(context: CommandContext, given: Given): Promise<number> {
  const vulnerability = given.parameters[0] ?? '';
  const subject = given.text('for') ?? '';
  const client = context.client();
  if (given.flag('end')) {
    refuseWithEnd(given);
    await print(context, await client.endWaiver({ vulnerability, subject }), renderWaiver);
    return 0;
  }
  const request = { vulnerability, subject, ...termsOf(given) };
  if (!(await agreed(context, client, request))) return 1;
  await print(context, await client.waive(request), renderWaiver);
  return 0;
}

const TERMS = ['owner', 'reason', 'until'] as const;

function refuseWithEnd(given: Given): void {
  const term = TERMS.find((option) => given.text(option) !== undefined);
  if (term === undefined) return;
  throw new CliError('invalid-input', `--end ends a waiver: it takes no --${term}`, {
    next: 'sheer waive ID --for SUBJECT --end',
  });
}

function termsOf(given: Given): Pick<WaiverRequest, (typeof TERMS)[number]> {
  const missing = TERMS.filter((option) => (given.text(option) ?? '').trim() === '');
  if (missing.length > 0) {
    throw new CliError(
      'invalid-input',
      `a waiver needs ${missing.map((option) => `--${option}`).join(', ')}`,
      {
        next: 'sheer waive --help',
      },
    );
  }
  // None is missing.
  const [owner = '', reason = '', until = ''] = TERMS.map((option) => given.text(option));
  return { owner, reason, until };
}

/** Asked only where there is someone to answer. */
async function agreed(context: CommandContext, client: Client, request: WaiverRequest): Promise<boolean> {
  const { terminal, look, yes } = context;
  if (yes || !terminal.canAsk) return true;
  // What can't be waived is refused before anybody is asked, and the subject has its whole name then.
  const waiver = await client.waive({ ...request, preview: true });
  const answer = await client.who(waiver.vulnerability);
  if (!('groups' in answer)) return true;
  return agreedTo(context, renderWaiverPlan(cleanAnswer(waiver), cleanAnswer(answer), look));
}
