import type { DeclaredFile } from '../questions.ts';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Node } from 'yaml';

import { type Place, type Problem, quoted } from './problem.ts';

/** A value of a YAML file that knows where it stands. */
export interface YamlTree {
  /** Plain data: text, numbers, booleans, null, lists, and maps without a prototype. */
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
  readonly children: ReadonlyMap<string | number, YamlChild>;
  /** How many values it holds when aliases are written out. */
  readonly size: number;
}

export interface YamlChild {
  /** Where its key stands; for an entry of a list, where the entry stands. */
  readonly key: { readonly start: number; readonly end: number };
  readonly tree: YamlTree;
}

export interface YamlFile {
  readonly file: DeclaredFile;
  /** One for each document; null where that is empty. */
  readonly trees: readonly (YamlTree | null)[];
  readonly problems: readonly Problem[];
  readonly lines: LineCounter;
}

/**
 * Reads YAML 1.2 without ever running away: aliases share what they stand for and are refused when written out they
 * would be too much, as are a key that stands twice, keys that are no text, and nesting beyond all use.
 */
export function parseYaml(file: DeclaredFile): YamlFile {
  const lines = new LineCounter();
  const problems: Problem[] = [];
  const trees: (YamlTree | null)[] = [];
  try {
    const documents = parseAllDocuments(file.content, {
      lineCounter: lines,
      uniqueKeys: false,
      prettyErrors: false,
    });
    for (const document of documents) {
      trees.push(new Reader(file, lines, problems).read(document));
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const place = { file: file.name, line: 1, column: 1, length: 1, path: null };
    problems.push({ place, message: TOO_DEEP });
  }
  return { file, trees, problems, lines };
}

/** Where a path leads; `key` for its key where it has one. A path that leads nowhere ends at the nearest value. */
export function placeOf(
  { file, lines }: YamlFile,
  root: YamlTree,
  path: readonly PropertyKey[],
  what: 'key' | 'value',
): Place {
  let range: { start: number; end: number } = root;
  let tree = root;
  const shown: (string | number)[] = [];
  for (const [index, part] of path.entries()) {
    const child = typeof part === 'symbol' ? undefined : tree.children.get(part);
    if (child === undefined) {
      // One value where a list may stand is the list's only entry.
      if (part === 0 && !Array.isArray(tree.value)) continue;
      break;
    }
    const isLast = index === path.length - 1;
    const isContainer = child.tree.children.size > 0;
    range = (isLast && what === 'key') || isContainer ? child.key : child.tree;
    tree = child.tree;
    shown.push(typeof part === 'number' ? part : String(part));
  }
  return placeAt(file, lines, range, shown);
}

/** The value at a path, as {@link placeOf} finds it; undefined where there is none. */
export function valueAt(root: YamlTree, path: readonly PropertyKey[]): unknown {
  let tree: YamlTree | undefined = root;
  for (const part of path) {
    if (part === 0 && !Array.isArray(tree?.value)) continue;
    tree = typeof part === 'symbol' ? undefined : tree?.children.get(part)?.tree;
    if (tree === undefined) return undefined;
  }
  return tree.value;
}

/** `services.checkout.calls[0].port`; names with signs of their own stand in quotes. */
function pathText(path: readonly (string | number)[]): string | null {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\p{L}\p{N}_@/-]{1,60}$/u.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${quoted(part)}]`;
  }
  return text === '' ? null : text;
}

/** Far beyond any file that people write; checked before anything walks the values. */
const SIZE_MAX = 200_000;
const DEPTH_MAX = 50;

/** The parser is recursive: ten thousand brackets exhaust the stack, and it says so in an error or throws. */
const TOO_DEEP = 'values are nested too deep';

function placeAt(
  file: DeclaredFile,
  lines: LineCounter,
  range: { readonly start: number; readonly end: number },
  path: readonly (string | number)[],
): Place {
  const { line, col } = lines.linePos(range.start);
  const text = file.content.slice(range.start, range.end).split(/[\r\n]/, 1)[0] ?? '';
  return {
    file: file.name,
    line: Math.max(1, line),
    column: Math.max(1, col),
    length: Math.max(1, text.trimEnd().length),
    path: pathText(path),
  };
}

/** Turns one document into a tree. */
class Reader {
  readonly #file: DeclaredFile;
  readonly #lines: LineCounter;
  readonly #problems: Problem[];
  /** What an anchor stands for so far; null while it is being read, because it can't hold itself. */
  readonly #anchors = new Map<string, YamlTree | null>();
  readonly #path: (string | number)[] = [];

  constructor(file: DeclaredFile, lines: LineCounter, problems: Problem[]) {
    this.#file = file;
    this.#lines = lines;
    this.#problems = problems;
  }

  read(document: Document.Parsed): YamlTree | null {
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined) {
      const range = { start: error.pos[0], end: error.pos[1] };
      const tooDeep = error.message.includes('call stack');
      this.#refuse(range, tooDeep ? TOO_DEEP : `this is not YAML: ${firstLine(error.message)}`);
      return null;
    }
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return null;
    const tree = this.#treeOf(contents);
    if (tree.size <= SIZE_MAX) return tree;
    this.#refuse(
      tree,
      `this holds ${tree.size > 1e15 ? 'countless' : tree.size} values, more than ${SIZE_MAX}`,
    );
    return null;
  }

  #treeOf(node: Node): YamlTree {
    const range = rangeOf(node);
    if (this.#path.length > DEPTH_MAX) {
      this.#refuse(range, `values are nested deeper than ${DEPTH_MAX} levels`);
      return leaf(null, range);
    }
    if (isAlias(node)) return this.#anchored(node.source, range);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, null);
    const tree = this.#contentOf(node, range);
    if (anchor !== undefined) this.#anchors.set(anchor, tree);
    return tree;
  }

  #contentOf(node: Node, range: Range): YamlTree {
    if (isScalar(node)) return leaf(node.value, range);
    if (isMap(node)) return this.#mapOf(node.items, range);
    return isSeq(node) ? this.#listOf(node.items, range) : leaf(null, range);
  }

  #anchored(anchor: string, range: Range): YamlTree {
    const tree = this.#anchors.get(anchor);
    if (tree) return tree;
    this.#refuse(
      range,
      tree === null ? `*${anchor} holds itself` : `there is no anchor &${anchor} before this`,
    );
    return leaf(null, range);
  }

  #mapOf(items: readonly { readonly key: unknown; readonly value: unknown }[], range: Range): YamlTree {
    // Without a prototype, so that no key means more than it says.
    const value = Object.create(null) as Record<string, unknown>;
    const children = new Map<string | number, YamlChild>();
    let size = 1;
    for (const pair of items) {
      const key = this.#keyOf(pair.key, range);
      if (key === null) continue;
      const first = children.get(key.name);
      this.#path.push(key.name);
      if (first !== undefined) {
        const { line } = this.#lines.linePos(first.key.start);
        this.#refuse(key, `this key stands here twice, first on line ${line}`);
      }
      // The parser gives a pair's value as a node, or null where nothing stands.
      const tree = pair.value === null ? leaf(null, key) : this.#treeOf(pair.value as Node);
      this.#path.pop();
      value[key.name] = tree.value;
      children.set(key.name, { key, tree });
      size += tree.size;
    }
    return { value, ...range, children, size };
  }

  #keyOf(key: unknown, map: Range): (Range & { readonly name: string }) | null {
    const range = isScalar(key) ? rangeOf(key) : map;
    const name = isScalar(key) ? textOf(key.value, key.source) : null;
    if (name !== null && name !== '__proto__') return { name, ...range };
    this.#refuse(range, name === null ? 'expected text as a key' : 'this can’t be a name');
    return null;
  }

  #listOf(items: readonly unknown[], range: Range): YamlTree {
    const value: unknown[] = [];
    const children = new Map<string | number, YamlChild>();
    let size = 1;
    for (const [index, item] of items.entries()) {
      this.#path.push(index);
      // As above: a node, or null.
      const tree = item === null ? leaf(null, range) : this.#treeOf(item as Node);
      this.#path.pop();
      value.push(tree.value);
      children.set(index, { key: tree, tree });
      size += tree.size;
    }
    return { value, ...range, children, size };
  }

  #refuse(range: Range, message: string): void {
    this.#problems.push({ place: placeAt(this.#file, this.#lines, range, this.#path), message });
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function rangeOf(node: { readonly range?: readonly [number, number, number] | null | undefined }): Range {
  const [start = 0, end = start] = node.range ?? [];
  return { start, end };
}

function leaf(value: unknown, { start, end }: Range): YamlTree {
  return { value, start, end, children: new Map(), size: 1 };
}

/** `8080:` is a name too: as it was written. */
function textOf(value: unknown, source: string | undefined): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? (source ?? String(value)) : null;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
