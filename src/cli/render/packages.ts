import type { AddedDocumentAnswer, PackageListAnswer } from '#model';
import { countText, numberText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { fitted, marginLine, wrapped } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { ago } from '../text/time-text.ts';
import { imageText, shortId } from './names.ts';

type List = PackageListAnswer['lists'][number];
type Listed = PackageListAnswer['packages'][number];

/**
 * What is in an image: from which layer and image of the tree, by which reader or list.
 * @param asked what the names were to have in them; null: every package
 */
export function renderPackages(
  answer: PackageListAnswer,
  look: Look,
  asked: string | null = null,
): readonly string[] {
  const { packages, instance } = answer;
  const [used] = answer.lists;
  return [
    marginLine(
      look,
      headline(answer, look, asked),
      used === undefined ? '' : `${listName(used)}, ${ago(look, used.at)}`,
    ),
    ...(instance === null ? [] : [fitted(look, `  running as ${shortId(instance)}`)]),
    ...listLines(answer.lists, look),
    '',
    ...(packages.length === 0
      ? [fitted(look, `  ${noneText(answer, asked)}`)]
      : packageLines(packages, look)),
    ...disagreementLines(answer, look),
    ...unreadLines(answer, look),
    '',
    `  next   ${packages.length === 0 && !isFiltered(answer, asked) ? 'sheer documents add FILE' : 'sheer cases'}`,
  ];
}

/** Only some were asked for, and there are others. */
function isFiltered(answer: PackageListAnswer, asked: string | null): boolean {
  return asked !== null && totalOf(answer) > 0;
}

function totalOf({ lists, packages }: PackageListAnswer): number {
  return lists[0]?.packages ?? packages.length;
}

function headline(answer: PackageListAnswer, look: Look, asked: string | null): string {
  const { packages, image, distribution } = answer;
  const [name = image] = answer.names;
  const all = countText(asked === null ? packages.length : totalOf(answer), 'package');
  const count = asked === null ? all : `${numberText(packages.length)} of ${all}`;
  const system = distribution === null ? '' : `, ${distribution}`;
  return `${name === null ? 'image not known' : imageText(look, name)}   ${count}${system}`;
}

function noneText(answer: PackageListAnswer, asked: string | null): string {
  return isFiltered(answer, asked)
    ? `no package with "${asked}" in its name, or in its source's`
    : 'no package was found';
}

export function renderAddedDocument({ kind, id }: AddedDocumentAnswer, look: Look): readonly string[] {
  if (kind === 'openvex') return [marginLine(look, `VEX statements were taken: ${id}`, 'sheer cases')];
  return [
    fitted(look, `${kind} list was taken: it is about ${shortId(id)}`),
    // Never cut: it is there to be copied.
    `  next   sheer packages ${id}`,
  ];
}

/** `read from podman`, `cyclonedx from file:sbom.json (syft 1.2)` */
function listName({ origin, from, tool }: List): string {
  return `${origin} from ${from}${tool === null ? '' : ` (${tool})`}`;
}

function listLines(lists: readonly List[], look: Look): readonly string[] {
  if (lists.length < 2) return [];
  return tableLines(
    look,
    lists,
    [
      {
        title: '',
        value: ({ used }) => (used ? 'used' : 'not used'),
        tone: ({ used }) => (used ? 'good' : 'faint'),
      },
      { title: '', value: listName, cut: 'end' },
      { title: '', value: ({ packages }) => countText(packages, 'package'), align: 'right' },
      { title: '', value: ({ at }) => ago(look, at), tone: () => 'faint' },
    ],
    '  ',
  );
}

function packageLines(packages: readonly Listed[], look: Look): readonly string[] {
  return tableLines(look, packages, [
    { title: 'package', value: ({ name }) => name, cut: 'middle', tone: () => 'strong' },
    { title: 'version', value: ({ version }) => version, cut: 'end' },
    { title: 'brought in by', value: (listed) => originText(listed, look), cut: 'end' },
    {
      title: 'layer',
      value: ({ origin }) => (origin.layer === null ? '' : String(origin.layer + 1)),
      align: 'right',
    },
    { title: 'by', value: ({ readBy }) => readBy, tone: () => 'faint' },
    // Full names are for programs: a person reads the short ones.
    { title: 'purl', value: ({ purl }) => (look.columns === null ? purl : '') },
  ]);
}

function originText({ origin }: Listed, look: Look): string {
  const { kind, imageName } = origin;
  if (kind === 'own') return 'itself';
  if (kind === 'base') return imageText(look, imageName ?? 'its base');
  return kind === 'copied' ? `copied from ${imageText(look, imageName ?? 'elsewhere')}` : 'not known';
}

const DISAGREEMENTS_SHOWN = 10;

function disagreementLines({ disagreements }: PackageListAnswer, look: Look): readonly string[] {
  if (disagreements.length === 0) return [];
  const shown = look.columns === null ? disagreements : disagreements.slice(0, DISAGREEMENTS_SHOWN);
  const more = disagreements.length - shown.length;
  return [
    '',
    `  ${countText(disagreements.length, 'package')} in one list only`,
    ...tableLines(
      look,
      shown,
      [
        { title: '', value: ({ purl }) => purl, cut: 'middle' },
        { title: '', value: ({ onlyIn }) => onlyIn, tone: () => 'faint', cut: 'end' },
      ],
      '    ',
    ),
    ...(more === 0 ? [] : [`    and ${numberText(more)} more: --json has them all`]),
  ];
}

function unreadLines({ unread }: PackageListAnswer, look: Look): readonly string[] {
  if (unread.length === 0) return [];
  return [
    '',
    '  could not be read',
    ...unread.flatMap(({ path, reason }) =>
      wrapped(look, path === '' ? reason : `${path}: ${reason}`, '    '),
    ),
  ];
}
