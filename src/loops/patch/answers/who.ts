import {
  deadlineMs,
  formatInstant,
  type AffectedAnswer,
  type Instant,
  type PatchPolicyData,
  PATCH_POLICY_ID,
} from '#model';
import { affectedImages, excusesByInstance } from '../affected/affected.ts';
import { affectedBy, holdingAny, type Holdings } from '../affected/holdings.ts';
import { findVulnerability, type Vulnerability } from '../affected/vulnerability.ts';
import { momentOf, type Moment } from '../running/moment.ts';
import { counted } from '../counted.ts';
import type { AffectedView } from '../view.ts';
import { writeImages } from './affected-images.ts';
import { groupsOf, writeGroup, type AffectedGroup } from './groups.ts';
import { liveFilesOf } from './live-files.ts';
import { notLookedAt } from './not-looked-at.ts';
import { parsePackageQuestion, questionsAbout } from './package-question.ts';

/** What was asked for, and who holds it. */
export interface Asked {
  readonly kind: 'vulnerability' | 'package';
  readonly vulnerability: Vulnerability | null;
  readonly holdings: Holdings;
}

export function ask(view: AffectedView, subject: string): Asked {
  const packages = parsePackageQuestion(subject);
  if (packages !== null) {
    const questions = questionsAbout(packages, view.lists.ecosystems);
    return { kind: 'package', vulnerability: null, holdings: holdingAny(questions, view.lists.index) };
  }
  const vulnerability = findVulnerability(view.advisories, subject);
  return {
    kind: 'vulnerability',
    vulnerability,
    holdings: affectedBy(vulnerability?.records ?? [], view.lists),
  };
}

/** JSON of an {@link AffectedAnswer}: who is affected, or was at `at`. Most of it was written for earlier questions. */
export function affectedJson(view: AffectedView, subject: string, at: Instant | null): string {
  const asked = ask(view, subject);
  const { vulnerability, holdings } = asked;
  const moment = momentOf(at, view.running, view.instances);
  const ids = vulnerability === null ? [] : [vulnerability.id, ...vulnerability.aliases];
  const excuses = view.excuses.excusesOf(ids, at ?? view.clock());
  const images = affectedImages(holdings, moment, excuses);
  const excused = excuses.any ? excusesByInstance(images, excuses) : null;
  const groups = groupsOf(images, excused, deadlines(view, vulnerability, at));
  const missing = notLookedAt(view, moment, asked.kind);
  const count = groups.reduce((sum, group) => sum + group.instances, 0);
  const head: Omit<AffectedAnswer, 'groups' | 'images'> = {
    question: subject,
    kind: asked.kind,
    at: formatInstant(at),
    ...said(vulnerability),
    instances: count,
    excused: groups.reduce((sum, group) => sum + group.excused, 0),
    liveFiles:
      vulnerability === null || at !== null ? null : liveFilesOf(view, vulnerability, { moment, images }),
    teams: [...new Set(groups.flatMap(({ team }) => team ?? []))].toSorted(),
    environments: environmentsOf(groups),
    notLookedAt: [...missing],
    reason: reasonOf(view, asked, { moment, found: count, missing: missing.length }),
    packages: packagesOf(holdings),
  };
  const pieces = [JSON.stringify(head).slice(0, -1), ',"groups":['];
  for (const [index, group] of groups.entries()) {
    if (index > 0) pieces.push(',');
    writeGroup(group, pieces);
  }
  pieces.push('],"images":[');
  writeImages(view, images, excused, pieces);
  pieces.push(']}');
  return pieces.join('');
}

/** What advisories say of it; of a question about packages nothing. */
function said(
  vulnerability: Vulnerability | null,
): Pick<AffectedAnswer, 'id' | 'aliases' | 'summary' | 'severity' | 'score' | 'published' | 'withdrawn'> {
  if (vulnerability === null) {
    return {
      id: null,
      aliases: [],
      summary: '',
      severity: 'unknown',
      score: null,
      published: null,
      withdrawn: null,
    };
  }
  const { id, aliases, summary, severity, score, published, withdrawn } = vulnerability;
  const times = { published: formatInstant(published), withdrawn: formatInstant(withdrawn) };
  return { id, aliases: [...aliases], summary, severity, score, ...times };
}

/** By when it must be gone from an environment; null where no case is open. */
function deadlines(
  view: AffectedView,
  vulnerability: Vulnerability | null,
  at: Instant | null,
): (environment: string | null) => string | null {
  const opened = vulnerability === null || at !== null ? null : view.graph.one('case', vulnerability.id);
  if (vulnerability === null || opened === null || opened.data.state === 'closed') return () => null;
  const policy = policyOf(view);
  return (environment) =>
    formatInstant(opened.data.openedAt + deadlineMs(policy, vulnerability.severity, environment));
}

export function policyOf({ graph }: Pick<AffectedView, 'graph'>): PatchPolicyData | null {
  return graph.one('patch-policy', PATCH_POLICY_ID)?.data ?? null;
}

function packagesOf(holdings: Holdings): AffectedAnswer['packages'] {
  const images = new Map<string, number>();
  for (const run of holdings.runs())
    for (const { purl } of run.packages) images.set(purl, (images.get(purl) ?? 0) + run.images.length);
  const byPurl = new Map<string, AffectedAnswer['packages'][number]>();
  for (const { package: entry, matches } of holdings.packages.values()) {
    if (byPurl.has(entry.purl)) continue;
    const { purl, ecosystem, name, version, source } = entry;
    const told = matches.map((match) => ({ ...match }));
    byPurl.set(purl, {
      purl,
      ecosystem,
      name,
      version,
      source,
      matches: told,
      images: images.get(purl) ?? 0,
    });
  }
  return [...byPurl.values()].toSorted((left, right) => (left.purl < right.purl ? -1 : 1));
}

function environmentsOf(groups: readonly AffectedGroup[]): Record<string, number> {
  const environments: Record<string, number> = {};
  for (const { environment, instances } of groups) {
    const name = environment ?? 'unknown';
    environments[name] = (environments[name] ?? 0) + instances;
  }
  return environments;
}

/** Why there is nothing, where there is nothing: "none" without a reason is no answer. */
function reasonOf(
  view: AffectedView,
  { kind, vulnerability, holdings }: Asked,
  { moment, found, missing }: { readonly moment: Moment; readonly found: number; readonly missing: number },
): string | null {
  const restoring = view.lists.restoring;
  if (restoring !== null)
    return `not ready: ${restoring.left} package lists are still being loaded, so more may be affected`;
  if (found > 0) return null;
  const when = moment.at === null ? 'runs' : 'ran then';
  const but = missing === 0 ? '' : `; what ${imagesHold(missing)} is not known`;
  if (kind === 'vulnerability' && vulnerability === null) {
    return view.advisories.generation() === 0
      ? 'no advisories are known yet: sheer advisories sync'
      : 'no advisory that is known has this id: sheer advisories sync';
  }
  if (vulnerability !== null && vulnerability.withdrawn !== null) return 'the advisory was withdrawn';
  const count = holdings.images.size;
  if (count > 0) return `${imagesHold(count)} it, and none of them ${when}${but}`;
  return `no image that is known holds it${but}`;
}

function imagesHold(count: number): string {
  return `${counted(count, 'image')} ${count === 1 ? 'holds' : 'hold'}`;
}
