import type { ImageNodeAnswer } from '#model';
import { countText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { marginLine } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import { shortId } from './names.ts';

interface Row {
  readonly node: ImageNodeAnswer;
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
      { title: 'image', value: ({ node, branch }) => branch + shortId(node.name), cut: 'end' },
      { title: 'team', value: ({ node }) => node.team ?? '', cut: 'end' },
      {
        title: 'runs',
        value: ({ node }) => (node.id === null ? 'never seen' : String(node.instances)),
        align: 'right',
      },
      {
        title: 'packages',
        value: ({ node }) => packagesText(node),
        align: 'right',
        tone: ({ node }) => (node.packages === null ? 'warning' : undefined),
      },
      { title: 'base', value: ({ node }) => baseText(node, nodes), tone: () => 'faint', cut: 'end' },
    ]),
    ...copyLines(nodes, look),
    '',
    marginLine(look, words, 'sheer packages IMAGE'),
  ];
}

function rowsOf(nodes: readonly ImageNodeAnswer[]): readonly Row[] {
  const children = new Map<ImageNodeAnswer | null, ImageNodeAnswer[]>();
  for (const node of nodes) {
    const base = baseOf(node, nodes);
    children.set(base, [...(children.get(base) ?? []), node]);
  }
  const rows: Row[] = [];
  function walk(node: ImageNodeAnswer, lead: string, joint: string): void {
    rows.push({ node, branch: lead + joint });
    const below = children.get(node) ?? [];
    const deeper = lead + (joint === '' ? '' : joint === LAST ? '   ' : '│  ');
    for (const [index, child] of below.entries()) {
      walk(child, deeper, index === below.length - 1 ? LAST : '├─ ');
    }
  }
  for (const root of children.get(null) ?? []) walk(root, '', '');
  return rows;
}

const LAST = '└─ ';

/** By its digest, or by its name where it was declared and never seen; null: it is not in the answer. */
function baseOf({ base }: ImageNodeAnswer, nodes: readonly ImageNodeAnswer[]): ImageNodeAnswer | null {
  if (base === null) return null;
  return (
    nodes.find(({ id }) => id !== null && id === base.id) ??
    nodes.find(({ id, name }) => id === null && name === base.name) ??
    null
  );
}

function packagesText({ id, packages }: ImageNodeAnswer): string {
  if (packages !== null) return String(packages);
  return id === null ? '' : 'not read';
}

const KNOWN: Readonly<Record<NonNullable<ImageNodeAnswer['base']>['known'], string>> = {
  annotation: 'annotation',
  'build-source': 'FROM',
  layers: 'same layers',
};

/** `FROM, observed, 3 layers`; with the name where the tree does not show it. */
function baseText(node: ImageNodeAnswer, nodes: readonly ImageNodeAnswer[]): string {
  const { base } = node;
  if (base === null) return '';
  const upTo = base.upToLayer === null ? [] : [countText(base.upToLayer + 1, 'layer')];
  const name = baseOf(node, nodes) === null ? `${shortId(base.name)}: ` : '';
  return name + [...upTo, KNOWN[base.known], base.evidence].join(', ');
}

function copyLines(nodes: readonly ImageNodeAnswer[], look: Look): readonly string[] {
  const copies = nodes.flatMap(({ name, copiesFrom }) =>
    copiesFrom.map((copy) => `  ${shortId(name)} copies files from ${shortId(copy.name)}`),
  );
  return copies.length === 0 ? [] : ['', ...copies.map((text) => marginLine(look, text, 'COPY --from'))];
}
