import type { AffectedAnswer, FixPlanAnswer } from '#model';
import { countText, listText } from '../text/amount-text.ts';
import { labelled } from '../text/labelled.ts';
import type { Look } from '../text/look.ts';
import { leadLine, marginLine, wrapped } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { ago, clockText } from '../text/time-text.ts';
import { dueText, dueTone, severityText, severityTone } from './due.ts';
import { planText } from './fix-plan.ts';
import { imageText, inParentheses, shortService } from './names.ts';

/** What `sheer who` says of a vulnerability or a package; a plan, where one was asked for too. */
export interface AffectedReport {
  readonly answer: AffectedAnswer;
  readonly plan: FixPlanAnswer | null;
}

/** Whom it affects: the packages first, then where they run, who brought them in, what fixes them. */
export function renderAffected({ answer, plan }: AffectedReport, look: Look): readonly string[] {
  if (answer.kind === 'vulnerability' && answer.id === null) return unknownLines(answer, look);
  if (answer.instances === 0) return nobodyLines(answer, look);
  return [
    headline(answer, look),
    ...aboutLines(answer, look),
    '',
    ...runningLines(answer, look),
    ...broughtInLines({ answer, plan }, look),
    ...(plan === null ? [] : labelled(look, 'fixed by', planText(plan, look))),
    ...excusedLines(answer, look),
    ...liveFilesLines(answer, look),
    ...notLookedAtLines(answer, look),
    ...(answer.reason === null ? [] : labelled(look, 'incomplete', answer.reason)),
    '',
    ...teamLines(answer, look),
    '',
    // Never cut: it is there to be copied.
    `  next   ${nextCommand(answer)}`,
  ];
}

function unknownLines({ question, reason, notLookedAt }: AffectedAnswer, look: Look): readonly string[] {
  return [
    leadLine(look, 'warning', 'unknown', `: ${question}`),
    ...wrapped(look, sentence(reason ?? 'no advisory that is known has this id')),
    ...(notLookedAt.length === 0 ? [] : notLookedAtLines({ notLookedAt }, look)),
    '  next   sheer advisories status',
  ];
}

function nobodyLines(answer: AffectedAnswer, look: Look): readonly string[] {
  const isFirm = answer.notLookedAt.length === 0 && answer.reason?.startsWith('not ready') !== true;
  return [
    marginLine(look, nobodyText(answer, look), isFirm ? '' : 'incomplete', 'warning'),
    ...aboutLines(answer, look),
    ...(answer.reason === null ? [] : wrapped(look, sentence(answer.reason))),
    ...liveFilesLines(answer, look),
    ...notLookedAtLines(answer, look),
    `  next   ${answer.kind === 'vulnerability' ? `sheer verify ${answer.id}` : 'sheer images --tree'}`,
  ];
}

function nobodyText({ kind, at, notLookedAt, liveFiles }: AffectedAnswer, look: Look): string {
  const besides = liveFiles?.besides.length ?? 0;
  if (besides > 0) return `no image that runs is affected, but ${countText(besides, 'running instance')}`;
  const verb = kind === 'vulnerability' ? 'is affected' : 'holds it';
  if (at !== null) return `nothing that ran ${clockText(look, at)} ${verb}`;
  return `nothing ${notLookedAt.length === 0 ? 'that runs' : 'that could be looked at'} ${verb}`;
}

function headline(answer: AffectedAnswer, look: Look): string {
  if (answer.kind === 'package') {
    const versions = [...new Set(answer.packages.map(({ name, version }) => `${name} ${version}`))];
    return marginLine(look, listText(versions), answer.question);
  }
  return marginLine(look, fixedNames(answer), severityText(look, answer), severityTone(answer.severity));
}

/** `openssl < 3.0.22-1~deb12u2`: by source package, because that is what is fixed. */
function fixedNames({ packages }: AffectedAnswer): string {
  const fixed = new Map<string, Set<string>>();
  for (const { name, source, matches } of packages) {
    const versions = fixed.get(source?.name ?? name) ?? new Set();
    for (const match of matches) if (match.fixed !== null) versions.add(match.fixed);
    fixed.set(source?.name ?? name, versions);
  }
  return listText(
    [...fixed].map(([name, versions]) =>
      versions.size === 0 ? `${name}, no fix published` : `${name} < ${[...versions].join(' or < ')}`,
    ),
  );
}

function aboutLines(answer: AffectedAnswer, look: Look): readonly string[] {
  const { id, aliases, summary, withdrawn } = answer;
  if (id === null) return [];
  const names = aliases.length === 0 ? id : `${id} (${listText(aliases)})`;
  return [
    ...wrapped(look, summary === '' ? names : `${names}: ${summary}`),
    ...(withdrawn === null
      ? []
      : wrapped(look, `Withdrawn ${ago(look, withdrawn)}: it was no vulnerability.`)),
  ];
}

function runningLines(answer: AffectedAnswer, look: Look): readonly string[] {
  const services = new Set(answer.groups.flatMap(({ service }) => service ?? []));
  const environments = Object.entries(answer.environments).map(
    ([name, count]) => `${name === 'unknown' ? 'no environment' : name} ${count}`,
  );
  const counts = [
    countText(answer.instances, 'instance'),
    countText(services.size, 'service'),
    countText(answer.teams.length, 'team'),
    environments.join(', '),
  ];
  return [
    ...(answer.at === null ? [] : labelled(look, 'as of', clockText(look, answer.at))),
    ...labelled(
      look,
      answer.at === null ? 'running now' : 'running then',
      counts.filter((text) => text !== '').join('   '),
    ),
  ];
}

function broughtInLines({ answer, plan }: AffectedReport, look: Look): readonly string[] {
  const teams = teamsOf(answer, plan);
  const origins = new Map<string, string>();
  for (const { id, name, broughtInBy } of answer.images) {
    for (const { kind, image, imageName } of broughtInBy) {
      const own = kind === 'own' || image === null;
      const text =
        `${imageText(look, imageName ?? name)} ${inParentheses(teams.get(image ?? id) ?? null)}`.trim();
      const how = kind === 'copied' ? `copied from ${text}` : text;
      origins.set(own ? id : `${kind} ${image}`, kind === 'unknown' ? `${text}, layer not known` : how);
    }
  }
  if (origins.size === 0) return [];
  const names = [...origins.values()];
  return labelled(
    look,
    'brought in by',
    `${countText(origins.size, 'image')}   ${listText(names, look.columns === null ? names.length : 4)}`,
  );
}

/** Whose an image is, by its digest, as far as the answers say. */
function teamsOf(answer: AffectedAnswer, plan: FixPlanAnswer | null): ReadonlyMap<string, string> {
  const told = [
    ...answer.images.map(({ id, team }) => [id, team] as const),
    ...[...(plan?.fixPoints ?? []), ...(plan?.unfixable ?? [])].map(
      ({ image, team }) => [image, team] as const,
    ),
  ];
  return new Map(told.flatMap(([id, team]) => (team === null ? [] : [[id, team]])));
}

function excusedLines(answer: AffectedAnswer, look: Look): readonly string[] {
  if (answer.excused === 0) return [];
  const reasons = new Set(
    answer.images.flatMap(({ excused }) =>
      excused === null
        ? []
        : [`${excused.by === 'vex' ? 'VEX statement' : 'waiver'} of ${excused.author}: ${excused.reason}`],
    ),
  );
  const by = reasons.size === 0 ? 'by waivers or VEX statements' : listText([...reasons]);
  return labelled(look, 'excused', `${countText(answer.excused, 'instance')}   ${by}`);
}

/** What somebody upgraded or installed in what runs, which no image tells. */
function liveFilesLines({ liveFiles }: AffectedAnswer, look: Look): readonly string[] {
  if (liveFiles === null) return [];
  const { at, without, besides } = liveFiles;
  const counts = [
    ...(without.length === 0 ? [] : [`${countText(without.length, 'instance')} of these without it`]),
    ...(besides.length === 0 ? [] : [`${countText(besides.length, 'other instance')} with it`]),
  ];
  return labelled(look, 'live files', `${counts.join(', ')}   read ${ago(look, at)}`);
}

function notLookedAtLines(
  { notLookedAt }: Pick<AffectedAnswer, 'notLookedAt'>,
  look: Look,
): readonly string[] {
  const byReason = Map.groupBy(notLookedAt, ({ reason }) => reason);
  return [...byReason].flatMap(([reason, members]) => {
    const instances = members.reduce((sum, member) => sum + member.instances, 0);
    const images = listText(members.map(({ image }) => imageText(look, image)));
    return labelled(look, 'not looked at', `${countText(instances, 'instance')} of ${images}: ${reason}`);
  });
}

type Group = AffectedAnswer['groups'][number];

interface TeamRow {
  readonly team: string | null;
  readonly services: string;
  readonly environments: string;
  /** The first that is due. */
  readonly dueAt: string | null;
}

function teamLines(answer: AffectedAnswer, look: Look): readonly string[] {
  const rows = [...Map.groupBy(answer.groups, ({ team }) => team)].map(teamRow);
  return tableLines(
    look,
    rows,
    [
      {
        title: '',
        value: ({ team }) => team ?? 'no owner',
        cut: 'end',
        tone: ({ team }) => (team === null ? 'warning' : 'strong'),
      },
      { title: '', value: ({ services }) => services, cut: 'end' },
      { title: '', value: ({ environments }) => environments, cut: 'end' },
      { title: '', value: ({ dueAt }) => dueText(look, dueAt), tone: ({ dueAt }) => dueTone(look, dueAt) },
    ],
    '  ',
  );
}

function teamRow([team, groups]: readonly [string | null, readonly Group[]]): TeamRow {
  const counts = new Map<string, number>();
  for (const { service, instances } of groups) {
    const names =
      service === null ? instances.map(({ name }) => name) : instances.map(() => shortService(service));
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const byCount = [...counts].toSorted(([, left], [, right]) => right - left);
  const due = groups.flatMap(({ dueAt }) => dueAt ?? []).toSorted();
  return {
    team,
    services: byCount.map(([name, count]) => `${name} ${count}`).join(', '),
    environments: [...new Set(groups.flatMap(({ environment }) => environment ?? []))].join(', '),
    dueAt: due[0] ?? null,
  };
}

function nextCommand({ kind, id, at, images }: AffectedAnswer): string {
  if (kind === 'package') return `sheer packages ${images[0]?.name ?? 'IMAGE'}`;
  return at === null ? `sheer fix plan ${id}` : `sheer who ${id}`;
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$|sheer [a-z ]+$/.test(whole) ? whole : `${whole}.`;
}
