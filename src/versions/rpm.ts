import { isDigit, isDigits, isLetter, orderOf, orderOfDigits } from './order.ts';
import type { Order } from './order.ts';

/**
 * `[epoch:]version[-release]`, rpm-version(7). A missing epoch is 0, a missing release is before every
 * release.
 */
export function compareRpm(left: string, right: string): Order {
  const [leftParts, rightParts] = [partsOf(left), partsOf(right)];
  return (
    orderOfDigits(leftParts.epoch, rightParts.epoch) ||
    compareSegments(leftParts.version, rightParts.version) ||
    compareReleases(leftParts.release, rightParts.release)
  );
}

interface Parts {
  /** Digits. */
  readonly epoch: string;
  readonly version: string;
  readonly release: string | null;
}

function partsOf(text: string): Parts {
  const colon = text.indexOf(':');
  const hasEpoch = colon === 0 || isDigits(text.slice(0, Math.max(0, colon)));
  const start = hasEpoch ? colon + 1 : 0;
  const hyphen = text.lastIndexOf('-');
  return {
    epoch: hasEpoch ? text.slice(0, colon) : '',
    version: text.slice(start, hyphen >= start ? hyphen : text.length),
    release: hyphen >= start ? text.slice(hyphen + 1) : null,
  };
}

function compareReleases(left: string | null, right: string | null): Order {
  if (left === null || right === null) return orderOf(Number(left !== null), Number(right !== null));
  return compareSegments(left, right);
}

/**
 * Segment by segment, rpmvercmp. What may stand at one place, in this order: `~`, the end, `^`,
 * letters (by their codes), a number. All other characters only separate.
 */
function compareSegments(left: string, right: string): Order {
  let [leftAt, rightAt] = [0, 0];
  for (;;) {
    leftAt = afterSeparators(left, leftAt);
    rightAt = afterSeparators(right, rightAt);
    const kind = kindAt(left, leftAt);
    const kinds = orderOf(kind, kindAt(right, rightAt));
    if (kinds !== 0) return kinds;
    if (kind === END) return 0;
    const [leftEnd, rightEnd] = [segmentEnd(left, leftAt), segmentEnd(right, rightAt)];
    const [leftSegment, rightSegment] = [left.slice(leftAt, leftEnd), right.slice(rightAt, rightEnd)];
    const order = (kind === NUMBER ? orderOfDigits : orderOf)(leftSegment, rightSegment);
    if (order !== 0) return order;
    leftAt = leftEnd;
    rightAt = rightEnd;
  }
}

const [BEFORE_END, END, AFTER_END, LETTERS, NUMBER, SEPARATOR] = [0, 1, 2, 3, 4, 5] as const;
type Kind = typeof BEFORE_END | typeof END | typeof AFTER_END | typeof LETTERS | typeof NUMBER;

const TILDE = 0x7e;
const CARET = 0x5e;

function kindAt(text: string, index: number): Kind | typeof SEPARATOR {
  if (index >= text.length) return END;
  const code = text.charCodeAt(index);
  if (isDigit(code)) return NUMBER;
  if (isLetter(code)) return LETTERS;
  if (code === TILDE) return BEFORE_END;
  return code === CARET ? AFTER_END : SEPARATOR;
}

function afterSeparators(text: string, start: number): number {
  let index = start;
  while (kindAt(text, index) === SEPARATOR) index++;
  return index;
}

/** One `~` or `^` is a segment, digits and letters are as many as there are. */
function segmentEnd(text: string, start: number): number {
  const kind = kindAt(text, start);
  let end = start + 1;
  if (kind !== LETTERS && kind !== NUMBER) return end;
  while (kindAt(text, end) === kind) end++;
  return end;
}
