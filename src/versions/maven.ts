import { isDigit, orderOf, orderOfDigits, withoutLeadingZeros } from './order.ts';
import type { Order } from './order.ts';

/**
 * Maven 3's `ComparableVersion`: numbers and qualifiers; a hyphen, or a change between digits and
 * letters, begins a list in the list. Any text is a version.
 *
 * Beyond numbers with one qualifier at their end, Maven's own order has rings (`1.sp.1` < `1-alpha` <
 * `1` < `1.sp.1`): they are kept as they are.
 */
export function compareMaven(left: string, right: string): Order {
  return compareItems(parse(left), parse(right));
}

type Item =
  /** Without leading zeros: 0 is no digits. */
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'qualifier'; readonly text: string }
  | List;

interface List {
  readonly kind: 'list';
  readonly items: readonly Item[];
}

type OpenItem = Exclude<Item, List> | OpenList;

/** While it is read. */
interface OpenList {
  readonly kind: 'list';
  readonly items: OpenItem[];
}

/** In their order; `` is the release itself. Other qualifiers are after these. */
const QUALIFIERS: readonly string[] = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const RELEASE_RANK = QUALIFIERS.indexOf('');
const ALIASES = new Map([
  ['ga', ''],
  ['final', ''],
  ['release', ''],
  ['cr', 'rc'],
]);
/** Only right before a digit. */
const LETTERS = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);

function parse(version: string): List {
  return new Reader(version.toLowerCase()).read();
}

/** Reads one version from left to right; each list lies in the one before it. */
class Reader {
  readonly #text: string;
  readonly #lists: [OpenList, ...OpenList[]] = [{ kind: 'list', items: [] }];
  #current: OpenList = this.#lists[0];
  /** Where the item begins that is being read. */
  #start = 0;
  #isDigits = false;

  constructor(text: string) {
    this.#text = text;
  }

  read(): List {
    for (let index = 0; index < this.#text.length; index++) this.#readCharacter(index);
    if (this.#start < this.#text.length) {
      if (!this.#isDigits && this.#current.items.length > 0) this.#openList();
      this.#add(this.#text.length, false);
    }
    for (const list of this.#lists.toReversed()) dropNulls(list.items);
    return this.#lists[0];
  }

  #readCharacter(index: number): void {
    const character = this.#text.charAt(index);
    if (character === '.' || character === '-') {
      this.#add(index, false);
      this.#start = index + 1;
      if (character === '-') this.#openList();
      return;
    }
    const isNowDigits = isDigit(this.#text.charCodeAt(index));
    if (isNowDigits !== this.#isDigits && index > this.#start) {
      // 1.x1 is read as 1-x1
      if (isNowDigits && this.#current.items.length > 0) this.#openList();
      this.#add(index, isNowDigits);
      this.#start = index;
      this.#openList();
    }
    this.#isDigits = isNowDigits;
  }

  #openList(): void {
    const list: OpenList = { kind: 'list', items: [] };
    this.#current.items.push(list);
    this.#lists.push(list);
    this.#current = list;
  }

  /** What was read up to here; nothing between two separators is 0. */
  #add(end: number, isBeforeDigit: boolean): void {
    const text = this.#text.slice(this.#start, end);
    const { items } = this.#current;
    if (text === '') items.push({ kind: 'number', digits: '' });
    else if (this.#isDigits) items.push({ kind: 'number', digits: withoutLeadingZeros(text) });
    else items.push({ kind: 'qualifier', text: qualifierOf(text, isBeforeDigit) });
  }
}

function qualifierOf(text: string, isBeforeDigit: boolean): string {
  const whole = isBeforeDigit ? (LETTERS.get(text) ?? text) : text;
  return ALIASES.get(whole) ?? whole;
}

/** What is null and ends a list, or stands before a list that ends it, does not count. */
function dropNulls(items: OpenItem[]): void {
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index];
    if (item === undefined) return;
    if (isNull(item)) items.splice(index, 1);
    else if (item.kind !== 'list') return;
  }
}

function isNull(item: Item): boolean {
  switch (item.kind) {
    case 'number':
      return item.digits === '';
    case 'qualifier':
      return item.text === '';
    case 'list':
      return item.items.length === 0;
  }
}

/** At one place of two lists: a qualifier is before a list, that before a number. */
const KINDS = { qualifier: 0, list: 1, number: 2 } as const;

function compareItems(left: Item, right: Item): Order {
  if (left.kind === 'number' && right.kind === 'number') return orderOfDigits(left.digits, right.digits);
  if (left.kind === 'qualifier' && right.kind === 'qualifier')
    return compareQualifiers(left.text, right.text);
  if (left.kind === 'list' && right.kind === 'list') return compareLists(left.items, right.items);
  return orderOf(KINDS[left.kind], KINDS[right.kind]);
}

function compareLists(left: readonly Item[], right: readonly Item[]): Order {
  const longest = Math.max(left.length, right.length);
  for (let index = 0; index < longest; index++) {
    const [leftItem, rightItem] = [left[index], right[index]];
    const order =
      leftItem === undefined || rightItem === undefined
        ? orderOf(weightOf(leftItem), weightOf(rightItem))
        : compareItems(leftItem, rightItem);
    if (order !== 0) return order;
  }
  return 0;
}

/** Where it stands beside nothing at all, which is 0. */
function weightOf(item: Item | undefined): Order {
  switch (item?.kind) {
    case undefined:
      return 0;
    case 'number':
      return item.digits === '' ? 0 : 1;
    case 'qualifier':
      return orderOf(rankOf(item.text), RELEASE_RANK);
    case 'list':
      return weightOf(item.items.find((member) => weightOf(member) !== 0));
  }
}

function compareQualifiers(left: string, right: string): Order {
  return orderOf(rankOf(left), rankOf(right)) || orderOf(left, right);
}

function rankOf(qualifier: string): number {
  const rank = QUALIFIERS.indexOf(qualifier);
  return rank < 0 ? QUALIFIERS.length : rank;
}
