import type { FixPlanAnswer } from '#model';
import { ClientError } from '#sdk';
import type { CasesFilter, Client } from '#sdk';
import { CliError } from '../cli-error.ts';
import { print } from '../command.ts';
import type { CommandContext, CommandDefinition, Given } from '../command.ts';
import { createProgressLine } from '../progress-line.ts';
import { renderAffected } from '../render/affected.ts';
import { renderFixPlan } from '../render/fix-plan.ts';
import { renderCase, renderCases } from '../render/cases.ts';
import { renderProof } from '../render/proof.ts';
import { renderWho } from '../render/who.ts';
import { cleanAnswer } from '../text/clean.ts';
import { vulnerabilityParameter } from './vulnerability-parameter.ts';

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'unknown'];

const CASES_ON_A_SCREEN = 20;

/** Who is affected, where to fix it, and the proof that it is gone. */
export const patchCommands: readonly CommandDefinition[] = [
  {
    name: 'who',
    summary: 'what runs it, whose it is, who depends on it; whom a vulnerability affects',
    parameters: [
      {
        name: '<subject>',
        description:
          'an image, digest, service, team or external; CVE-…, GHSA-…, a package URL, or package@range',
      },
    ],
    options: [
      {
        flags: '--at <time>',
        description: 'whom it affected then: 02:13, "yesterday 02:13", 5m (ago), RFC 3339; UTC',
      },
    ],
    examples: [
      ['who checkout', 'a service'],
      ['who docker.io/library/redis:7', 'everything that runs an image'],
      ['who CVE-2024-6387', 'what runs and is affected, whose it is, and where to fix it'],
      ["who 'openssl@<3.0.14' --at 'yesterday 18:00'", 'what had such a package then'],
    ],
    run: who,
  },
  {
    name: 'fix plan',
    summary: 'the fewest images to change, and what to rebuild after them',
    parameters: [vulnerabilityParameter],
    examples: [['fix plan CVE-2024-6387', 'where to fix it, in which order, and what cannot be fixed yet']],
    run: async (context, given) =>
      print(context, await context.client().fixPlan(given.parameters[0] ?? ''), renderFixPlan),
  },
  {
    name: 'cases',
    summary: 'known vulnerabilities in what runs: whose they are, and by when they must be gone',
    options: [
      { flags: '--closed', description: 'those that are closed, by proof' },
      { flags: '--all', description: 'open and closed ones' },
      { flags: '--overdue', description: 'only what should be gone by now' },
      { flags: '--team <team>', description: 'only what this team has to fix' },
      { flags: '--severity <severity>', description: 'only these', choices: SEVERITIES },
      {
        flags: '--limit <count>',
        description: `at most so many; without it ${CASES_ON_A_SCREEN} on a terminal, else all`,
      },
    ],
    examples: [
      ['cases', 'what is open, the most urgent first'],
      ['cases --overdue --team payments', 'what a team should have fixed by now'],
      ['cases --closed', 'what was got rid of, by proof'],
    ],
    run: cases,
  },
  {
    name: 'case',
    summary: 'one vulnerability in what runs, with its timeline',
    parameters: [vulnerabilityParameter],
    examples: [['case CVE-2024-6387', 'where it stands, and how it came to that']],
    run: async (context, given) =>
      print(context, await context.client().case(given.parameters[0] ?? ''), renderCase),
  },
  {
    name: 'verify',
    summary: 'the proof from live evidence that it is gone; exit code 1 where it is not',
    parameters: [vulnerabilityParameter],
    examples: [['verify CVE-2024-6387', 'reads the package files of everything that runs and may hold it']],
    run: verify,
  },
];

async function who(context: CommandContext, given: Given): Promise<void> {
  const client = context.client();
  const answer = await client.who(given.parameters[0] ?? '', given.text('at'));
  if (!('groups' in answer)) {
    await print(context, answer, renderWho);
    return;
  }
  const wantsPlan = !context.json && answer.kind === 'vulnerability' && answer.at === null;
  const plan = wantsPlan && answer.instances > 0 ? await planOf(client, answer.id) : null;
  await print(context, answer, (cleaned, look) =>
    renderAffected({ answer: cleaned, plan: cleanAnswer(plan) }, look),
  );
}

async function cases(context: CommandContext, given: Given): Promise<void> {
  const client = context.client();
  const filter = casesAsked(given);
  const isOnScreen = context.terminal.isInteractive && !context.json;
  const limit = given.count('limit', 1) ?? (isOnScreen ? CASES_ON_A_SCREEN : undefined);
  // How many are not shown is for people.
  const counts = context.json ? null : await client.caseCounts(filter);
  const found = await client.cases({ ...filter, limit });
  await print(context, found, (shown, look) => renderCases({ cases: shown, counts, filter }, look));
}

function casesAsked(given: Given): CasesFilter {
  const [closed, all] = [given.flag('closed'), given.flag('all')];
  if (closed && all) throw new CliError('invalid-input', '--all has the closed ones too: use one of the two');
  const [team, overdue] = [given.text('team'), given.flag('overdue')];
  if (closed && (team !== undefined || overdue)) {
    const option = overdue ? '--overdue' : '--team';
    throw new CliError('invalid-input', `nobody holds what is closed: --closed takes no ${option}`, {
      next: 'sheer cases --closed',
    });
  }
  return {
    state: all ? undefined : closed ? 'closed' : 'open',
    team,
    // The parser took no other.
    severity: given.text('severity') as CasesFilter['severity'],
    overdue: overdue || undefined,
  };
}

/** Null: there is none, for a reason that `fix plan` tells. */
async function planOf(client: Client, id: string | null): Promise<FixPlanAnswer | null> {
  if (id === null) return null;
  try {
    return await client.fixPlan(id);
  } catch (error) {
    if (error instanceof ClientError && error.code !== 'control-plane-unreachable') return null;
    throw error;
  }
}

async function verify(context: CommandContext, given: Given): Promise<number> {
  const progress = createProgressLine(context);
  progress.show('  reading the package files of what runs …');
  const proof = await context
    .client()
    .verify(given.parameters[0] ?? '')
    .finally(progress.clear);
  await print(context, proof, renderProof);
  return proof.proven ? 0 : 1;
}
