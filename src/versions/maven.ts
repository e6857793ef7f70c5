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
  return compareLists(parse(left), parse(right));
}

/** Each list is the last item of the one before it. */
type Lists = readonly (readonly Item[])[];

type Item =
  /** Without leading zeros: 0 is no digits. */
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'qualifier'; readonly text: string };

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

function parse(version: string): Lists {
  return new Reader(version.toLowerCase()).read();
}

/** Reads one version from left to right. */
class Reader {
  readonly #text: string;
  #items: Item[] = [];
  readonly #lists: Item[][] = [this.#items];
  /** Where the item begins that is being read. */
  #start = 0;
  #isDigits = false;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Lists {
    for (let index = 0; index < this.#text.length; index++) this.#readCharacter(index);
    if (this.#start < this.#text.length) {
      if (!this.#isDigits && this.#items.length > 0) this.#openList();
      this.#add(this.#text.length, false);
    }
    for (const items of this.#lists) dropNulls(items);
    while (this.#lists.length > 1 && this.#lists.at(-1)?.length === 0) this.#lists.pop();
    return this.#lists;
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
      if (isNowDigits && this.#items.length > 0) this.#openList();
      this.#add(index, isNowDigits);
      this.#start = index;
      this.#openList();
    }
    this.#isDigits = isNowDigits;
  }

  #openList(): void {
    this.#items = [];
    this.#lists.push(this.#items);
  }

  /** What was read up to here; nothing between two separators is 0. */
  #add(end: number, isBeforeDigit: boolean): void {
    const text = this.#text.slice(this.#start, end);
    if (text === '') this.#items.push({ kind: 'number', digits: '' });
    else if (this.#isDigits) this.#items.push({ kind: 'number', digits: withoutLeadingZeros(text) });
    else this.#items.push({ kind: 'qualifier', text: qualifierOf(text, isBeforeDigit) });
  }
}

function qualifierOf(text: string, isBeforeDigit: boolean): string {
  const whole = isBeforeDigit ? (LETTERS.get(text) ?? text) : text;
  return ALIASES.get(whole) ?? whole;
}

/** 0 and the release do not count at the end, nor before the list that ends it. */
function dropNulls(items: Item[]): void {
  for (let last = items.at(-1); last !== undefined && weightOf(last) === 0; last = items.at(-1)) items.pop();
}

function compareLists(left: Lists, right: Lists): Order {
  let [depth, index] = [0, 0];
  for (;;) {
    const [leftItem, rightItem] = [itemAt(left, depth, index), itemAt(right, depth, index)];
    if (leftItem === null && rightItem === null) return 0;
    if (leftItem === INNER_LIST && rightItem === INNER_LIST) {
      depth++;
      index = 0;
      continue;
    }
    const order =
      leftItem === null || rightItem === null
        ? orderOf(weightAt(left, depth, leftItem), weightAt(right, depth, rightItem))
        : compareItems(leftItem, rightItem);
    if (order !== 0) return order;
    index++;
  }
}

const INNER_LIST = { kind: 'list' } as const;
type Place = Item | typeof INNER_LIST;

function itemAt(lists: Lists, depth: number, index: number): Place | null {
  const items = lists[depth] ?? [];
  return items[index] ?? (index === items.length && depth + 1 < lists.length ? INNER_LIST : null);
}

/** At one place of two lists: a qualifier is before a list, that before a number. */
const KINDS = { qualifier: 0, list: 1, number: 2 } as const;

function compareItems(left: Place, right: Place): Order {
  if (left.kind === 'number' && right.kind === 'number') return orderOfDigits(left.digits, right.digits);
  if (left.kind === 'qualifier' && right.kind === 'qualifier')
    return compareQualifiers(left.text, right.text);
  return orderOf(KINDS[left.kind], KINDS[right.kind]);
}

/** Where it stands beside nothing at all, which is 0; of a list, its first item that is not 0 decides. */
function weightAt(lists: Lists, depth: number, item: Place | null): Order {
  if (item === null) return 0;
  if (item.kind !== 'list') return weightOf(item);
  for (const items of lists.slice(depth + 1)) {
    const heavy = items.find((inner) => weightOf(inner) !== 0);
    if (heavy !== undefined) return weightOf(heavy);
  }
  return 0;
}

function weightOf(item: Item): Order {
  if (item.kind === 'number') return item.digits === '' ? 0 : 1;
  return orderOf(rankOf(item.text), RELEASE_RANK);
}

function compareQualifiers(left: string, right: string): Order {
  return orderOf(rankOf(left), rankOf(right)) || orderOf(left, right);
}

function rankOf(qualifier: string): number {
  const rank = QUALIFIERS.indexOf(qualifier);
  return rank < 0 ? QUALIFIERS.length : rank;
}
