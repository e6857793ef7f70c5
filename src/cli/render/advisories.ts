import type { AdvisorySourceAnswer, AdvisorySyncAnswer, ExplanationAnswer } from '#model';
import { countText, listText, numberText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { leadLine, marginLine, wrapped } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { ago } from '../text/time-text.ts';

type Problems = AdvisorySyncAnswer['problems'];

/** Where advisories come from, and how new they are. */
export function renderAdvisories(sources: readonly AdvisorySourceAnswer[], look: Look): readonly string[] {
  if (sources.length === 0) {
    return [
      'no advisories are known yet, so nothing is known to be vulnerable',
      '  next   sheer advisories sync URL, or a file or directory with OSV records',
    ];
  }
  const records = sources.reduce((sum, source) => sum + source.records, 0);
  return [
    ...tableLines(look, sources, [
      { title: 'source', value: ({ id }) => id, cut: 'middle', tone: () => 'strong' },
      { title: 'records', value: (source) => numberText(source.records), align: 'right' },
      { title: 'withdrawn', value: ({ withdrawn }) => numberText(withdrawn), align: 'right' },
      {
        title: 'newest',
        value: ({ modifiedUntil }) => (modifiedUntil === null ? '' : ago(look, modifiedUntil)),
      },
      { title: 'synced', value: ({ syncedAt }) => ago(look, syncedAt) },
      {
        title: 'ecosystems',
        value: ({ ecosystems }) => listText(Object.keys(ecosystems).toSorted()),
        cut: 'end',
      },
    ]),
    ...problemLines(
      sources.flatMap(({ problems }) => problems),
      look,
    ),
    '',
    marginLine(look, `${countText(records, 'record')}.`, 'sheer cases'),
  ];
}

/** How far a sync is, and how fast. */
export interface SyncProgress {
  readonly step: AdvisorySyncAnswer;
  readonly elapsedMs: number;
  /** As many records as there were the last time; null: it is the first time. */
  readonly expected: number | null;
}

/** `  1,204,331 of about 2,000,000 read   812 changed   21,000 a second`, for one line that is written again and again. */
export function syncProgressText({ step, elapsedMs, expected }: SyncProgress): string {
  const { read, changed, refused } = step;
  const rate = elapsedMs < RATE_AFTER_MS ? null : Math.round((read * 1000) / elapsedMs);
  return [
    `  ${numberText(read)}${expected === null || expected <= read ? '' : ` of about ${numberText(expected)}`} read`,
    `${numberText(changed)} changed`,
    ...(refused === 0 ? [] : [`${numberText(refused)} refused`]),
    ...(rate === null ? [] : [`${numberText(rate)} a second`]),
  ].join('   ');
}

/** Sooner, a rate is chance. */
const RATE_AFTER_MS = 1000;

/** What a sync brought. */
export function renderSync(answer: AdvisorySyncAnswer, look: Look): readonly string[] {
  const { read, changed, withdrawn, refused, statements } = answer;
  const words = [
    `${countText(read, 'record')} read`,
    `${numberText(changed)} changed`,
    ...(withdrawn === 0 ? [] : [`${numberText(withdrawn)} withdrawn`]),
    ...(statements === 0 ? [] : [countText(statements, 'VEX statement')]),
  ];
  return [
    marginLine(look, words.join(', '), refused === 0 ? '' : `${numberText(refused)} refused`, 'warning'),
    ...problemLines(answer.problems, look),
    ...newsLines(answer, look),
  ];
}

const NEWS_SHOWN = 5;

/** Whom the news touch, and what to do next: of what nobody has read yet, nobody knows. */
function newsLines({ newlyAffected, imagesNotRead = 0 }: AdvisorySyncAnswer, look: Look): readonly string[] {
  const [only = '', ...others] = newlyAffected;
  const news = [
    newlyAffected.length === 0
      ? `Nothing more that runs is ${imagesNotRead === 0 ? 'affected' : 'known to be affected yet'}.`
      : `Newly affects what runs: ${listText(newlyAffected, NEWS_SHOWN)}.`,
    imagesNotRead === 0
      ? ''
      : ` What ${countText(imagesNotRead, 'running image')} ${imagesNotRead === 1 ? 'holds' : 'hold'} is not read yet; cases open as it is.`,
  ];
  const next =
    imagesNotRead > 0 && only === ''
      ? 'sheer images --tree'
      : only !== '' && others.length === 0
        ? `sheer who ${only}`
        : 'sheer cases';
  return [...wrapped(look, news.join('')), `  next   ${next}`];
}

const PROBLEMS_SHOWN = 10;

function problemLines(problems: Problems, look: Look): readonly string[] {
  const shown = look.columns === null ? problems : problems.slice(0, PROBLEMS_SHOWN);
  const more = problems.length - shown.length;
  return [
    ...shown.flatMap(({ place, problem }) => wrapped(look, `${place}: ${problem}`, '    ')),
    ...(more === 0 ? [] : [`    and ${numberText(more)} more: --json has them`]),
  ];
}

/** Why an advisory holds for a package, or does not: each of its entries and ranges. */
export function renderExplanation(answer: ExplanationAnswer, look: Look): readonly string[] {
  const { id, purl, affected, steps } = answer;
  const lead = affected ? 'affected' : 'not affected';
  return [
    leadLine(look, affected ? 'bad' : 'good', lead, `: ${purl} by ${id}`),
    ...steps.flatMap(({ advisory, affected: entry, range, result, explanation }) => [
      marginLine(
        look,
        `  ${advisory}   ${entry}${range === null ? '' : `   ${range}`}`,
        result.replaceAll('-', ' '),
      ),
      ...wrapped(look, explanation, '    '),
    ]),
    ...(steps.length === 0 ? ['  no advisory of that id speaks of any package'] : []),
    '',
    `  next   sheer who ${id}`,
  ];
}
