import type { ImageNodeAnswer } from '#model';
import { countText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { marginLine } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { imageText } from './names.ts';

interface Row {
  /** Null: a base that nobody has seen or declared, only its name is written. */
  readonly node: ImageNodeAnswer | null;
  readonly name: string;
  /** `│  ├─ ` */
  readonly branch: string;
}

/** Every image below what it is built upon, and how that is known. */
export function renderImageTree(nodes: readonly ImageNodeAnswer[], look: Look): readonly string[] {
  if (nodes.length === 0) return [marginLine(look, 'no image is in use or declared', 'sheer sources')];
  const unread = nodes.filter(({ id, packages }) => id !== null && packages === null).length;
  const words = `${countText(nodes.length, 'image')}.${unread === 0 ? '' : ` ${unread} not read.`}`;
  return [
    ...tableLines(look, rowsOf(nodes), [
      { title: 'image', value: ({ name, branch }) => branch + imageText(look, name), cut: 'end' },
      { title: 'team', value: ({ node }) => node?.team ?? '', cut: 'end' },
      { title: 'runs', value: runsText, align: 'right' },
      {
        title: 'packages',
        value: packagesText,
        align: 'right',
        tone: ({ node }) => (node?.packages === null ? 'warning' : undefined),
      },
      { title: 'base known by', value: baseText, tone: () => 'faint', cut: 'end' },
    ]),
    ...copyLines(nodes, look),
    '',
    marginLine(look, words, 'sheer packages IMAGE'),
  ];
}

const LAST = '└─ ';
const NEXT = '├─ ';

function rowsOf(nodes: readonly ImageNodeAnswer[]): readonly Row[] {
  const known = indexOf(nodes);
  const children = Map.groupBy(nodes, (node) => baseOf(node, known));
  const rows: Row[] = [];
  function walk(node: ImageNodeAnswer, lead: string, joint: string): void {
    rows.push({ node, name: node.name, branch: lead + joint });
    below(children.get(node) ?? [], lead + (joint === '' ? '' : joint === LAST ? '   ' : '│  '));
  }
  function below(images: readonly ImageNodeAnswer[], lead: string): void {
    for (const [index, image] of images.entries())
      walk(image, lead, index === images.length - 1 ? LAST : NEXT);
  }
  for (const [base, images] of children) {
    if (base === null) for (const image of images) walk(image, '', '');
    if (typeof base !== 'string') continue;
    rows.push({ node: null, name: base, branch: '' });
    below(images, '');
  }
  return rows;
}

/** By digest; by name what was declared and never seen. */
function indexOf(nodes: readonly ImageNodeAnswer[]): ReadonlyMap<string, ImageNodeAnswer> {
  return new Map(nodes.map((node) => [node.id ?? node.name, node]));
}

/** The base's name alone where the answer does not have it; null: there is no base. */
function baseOf(
  { base }: ImageNodeAnswer,
  known: ReadonlyMap<string, ImageNodeAnswer>,
): ImageNodeAnswer | string | null {
  if (base === null) return null;
  return known.get(base.id ?? base.name) ?? known.get(base.name) ?? base.name;
}

function runsText({ node }: Row): string {
  return node === null || node.id === null ? 'not seen' : String(node.instances);
}

function packagesText({ node }: Row): string {
  if (node === null || node.id === null) return '';
  return node.packages === null ? 'not read' : String(node.packages);
}

const KNOWN: Readonly<Record<NonNullable<ImageNodeAnswer['base']>['known'], string>> = {
  annotation: 'annotation',
  'build-source': 'FROM',
  layers: 'same layers',
};

/** `annotation, 3 layers` where the layers show it, else `annotation, declared`. */
function baseText({ node }: Row): string {
  const base = node?.base ?? null;
  if (base === null) return '';
  const layers = base.upToLayer === null ? '' : `, ${countText(base.upToLayer + 1, 'layer')}`;
  return `${KNOWN[base.known]}${layers}${base.evidence === 'declared' ? ', declared' : ''}`;
}

function copyLines(nodes: readonly ImageNodeAnswer[], look: Look): readonly string[] {
  const copies = nodes.flatMap(({ name, copiesFrom }) =>
    copiesFrom.map((copy) => `  ${imageText(look, name)} copies files from ${imageText(look, copy.name)}`),
  );
  return copies.length === 0 ? [] : ['', ...copies.map((text) => marginLine(look, text, 'COPY --from'))];
}
