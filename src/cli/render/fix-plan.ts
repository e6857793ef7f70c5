import type { FixPlanAnswer } from '#model';
import { countText, listText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { marginLine, wrapped } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { imageText, inParentheses, packageName, shortId } from './names.ts';

type FixPoint = FixPlanAnswer['fixPoints'][number];
type Unfixable = FixPlanAnswer['unfixable'][number];

/** Where to fix it, what to rebuild after that, and what can't be fixed yet. */
export function renderFixPlan(plan: FixPlanAnswer, look: Look): readonly string[] {
  return [
    ...headLines(plan, look),
    ...plan.fixPoints.flatMap((point) => fixPointLines(point, look)),
    ...levelLines(plan, look),
    ...restartLines(plan, look),
    ...unfixableLines(plan.unfixable, look),
    '',
    // Never cut: it is there to be copied.
    `  next   ${nextCommand(plan)}`,
  ];
}

function nextCommand({ id, fixPoints, restarts, unfixable }: FixPlanAnswer): string {
  if (unfixable.length === 0 || fixPoints.length + restarts.length > 0) return `sheer verify ${id}`;
  return `sheer waive ${id} --for SUBJECT --owner TEAM --reason … --until DATE`;
}

/** `changing base-debian, then rebuilding 11 images on 2 levels; legacy-java: no build source` */
export function planText(plan: FixPlanAnswer, look: Look): string {
  const named = (name: string): string => imageText(look, name);
  const { fixPoints, unfixable, restarts } = plan;
  const left = [...Map.groupBy(unfixable, ({ why }) => why)].map(
    ([why, images]) => `${listText([...new Set(images.map(({ name }) => named(name)))])}: ${REASONS[why]}`,
  );
  if (fixPoints.length + restarts.length === 0) {
    return left.length === 0 ? 'no image that runs holds it' : `nothing yet; ${left.join('; ')}`;
  }
  const isMove = ({ change, to }: FixPoint): boolean => change === 'base-reference' && to !== null;
  const changed = fixPoints.filter((point) => !isMove(point)).map(({ name }) => named(name));
  const changes = [
    ...(changed.length === 0 ? [] : [`changing ${listText(changed)}`]),
    ...fixPoints.filter(isMove).map(({ name, to }) => `moving ${named(name)} to ${named(to ?? '')}`),
  ];
  const { images, levels } = closure(plan);
  const then =
    images === 0 ? '' : `, then rebuilding ${countText(images, 'image')} on ${countText(levels, 'level')}`;
  const again = restarts.map(({ name }) => named(name));
  return [
    ...(changes.length === 0 ? [] : [`${listText(changes)}${then}`]),
    ...(again.length === 0 ? [] : [`starting ${listText(again)} again`]),
    ...left,
  ].join('; ');
}

const REASONS: Readonly<Record<Unfixable['why'], string>> = {
  'no-fix-published': 'no fix is published',
  'no-build-source': 'no build source',
  'base-not-ours': 'its base is not ours',
  'copied-from-elsewhere': 'copied from elsewhere',
  'downloaded-by-hand': 'downloaded by hand',
  outweighed: 'fixing it brings in as much elsewhere',
  'search-stopped': 'the search stopped',
};

function headLines(plan: FixPlanAnswer, look: Look): readonly string[] {
  const { fixPoints, unfixable, restarts, id, optimal } = plan;
  const { images, levels } = closure(plan);
  if (fixPoints.length === 0) {
    const isDone = unfixable.length === 0;
    const words =
      restarts.length > 0 ? 'nothing to change' : isDone ? 'no image to fix' : 'nothing can be fixed yet';
    return [marginLine(look, words, id)];
  }
  const then =
    images === 0
      ? 'nothing else is rebuilt'
      : `then ${countText(images, 'rebuild')} on ${countText(levels, 'level')}`;
  const words = `change ${countText(fixPoints.length, 'image')}, ${then}`;
  const proof = optimal ? 'proven: no plan has fewer' : 'not proven to be the fewest';
  return [marginLine(look, words, proof, optimal ? 'good' : 'warning'), '', '  change'];
}

const CHANGES: Readonly<Record<FixPoint['change'], string>> = {
  'own-source': 'its own source',
  'base-reference': 'its base',
  both: 'its own source and its base',
};

function fixPointLines(point: FixPoint, look: Look): readonly string[] {
  const { name, team, change, to, packages, reason } = point;
  const what = to === null ? CHANGES[change] : `${CHANGES[change]}, to ${imageText(look, to)}`;
  return [
    marginLine(look, `    ${imageText(look, name)} ${inParentheses(team ?? 'no owner')}`, what),
    ...wrapped(look, reason, '      '),
    ...tableLines(
      look,
      packages,
      [
        { title: '', value: ({ purl }) => packageName(purl), cut: 'middle' },
        { title: '', value: ({ fixed }) => (fixed === null ? 'no fix published' : `→ ${fixed}`), cut: 'end' },
        {
          title: '',
          value: ({ layer }) => (layer === null ? '' : `layer ${layer + 1}`),
          tone: () => 'faint',
        },
      ],
      '      ',
    ),
  ];
}

/** The fix points stand above; the levels say when what is built upon them comes. */
function levelLines(plan: FixPlanAnswer, look: Look): readonly string[] {
  const changed = new Set(plan.fixPoints.map(({ image }) => image));
  const rows = plan.levels.flatMap((level, index) =>
    level.filter(({ image }) => !changed.has(image)).map((image) => ({ ...image, level: index + 1 })),
  );
  if (rows.length === 0) return [];
  return [
    '',
    '  then rebuild, parents first',
    ...tableLines(
      look,
      rows,
      [
        { title: '', value: ({ level }) => `level ${level}`, tone: () => 'faint' },
        {
          title: '',
          value: ({ name }) => imageText(look, name),
          cut: 'middle',
        },
        { title: '', value: ({ team }) => team ?? 'no owner', cut: 'end' },
        { title: '', value: ({ instances }) => `runs ${instances}`, align: 'right' },
        { title: '', value: ({ reason }) => reason, tone: () => 'faint', cut: 'end' },
      ],
      '    ',
    ),
  ];
}

function restartLines({ restarts }: FixPlanAnswer, look: Look): readonly string[] {
  if (restarts.length === 0) return [];
  return [
    '',
    '  start again: a newer build is there already, without it',
    ...restarts.map(({ name, to, instances }) =>
      marginLine(
        look,
        `    ${imageText(look, name)}   ${countText(instances, 'instance')}`,
        `from ${shortId(to)}`,
      ),
    ),
  ];
}

function unfixableLines(unfixable: readonly Unfixable[], look: Look): readonly string[] {
  if (unfixable.length === 0) return [];
  return [
    '',
    "  can't be fixed yet",
    ...unfixable.flatMap(({ name, team, why, explanation, instances }) => [
      marginLine(
        look,
        `    ${imageText(look, name)} ${inParentheses(team ?? 'no owner', countText(instances, 'instance'))}`,
        REASONS[why],
        'warning',
      ),
      ...wrapped(look, explanation, '      '),
    ]),
  ];
}

/** What is rebuilt although nothing in it changes. */
function closure({ fixPoints, levels }: FixPlanAnswer): { readonly images: number; readonly levels: number } {
  const changed = new Set(fixPoints.map(({ image }) => image));
  const rebuilt = levels.map((level) => level.filter(({ image }) => !changed.has(image)).length);
  return {
    images: rebuilt.reduce((sum, count) => sum + count, 0),
    levels: rebuilt.filter((count) => count > 0).length,
  };
}
