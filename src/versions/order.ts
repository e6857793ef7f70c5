/** Before, the same place, after. */
export type Order = -1 | 0 | 1;

/** Tells where one version stands beside another; never throws. */
export type Compare = (left: string, right: string) => Order;

/** Of numbers, or of anything that `<` orders: strings by their UTF-16 code units. */
export function orderOf<Value extends number | string>(left: Value, right: Value): Order {
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

/**
 * Of two numbers written in ASCII digits, of any length: versions hold time stamps and hashes that no
 * machine number holds. Leading zeros don't count; no digits at all are 0.
 */
export function orderOfDigits(left: string, right: string): Order {
  // Up to 15 digits a double is exact.
  if (left.length < 16 && right.length < 16) return orderOf(Number(left), Number(right));
  const [leftDigits, rightDigits] = [withoutLeadingZeros(left), withoutLeadingZeros(right)];
  if (leftDigits.length !== rightDigits.length) return leftDigits.length < rightDigits.length ? -1 : 1;
  return orderOf(leftDigits, rightDigits);
}

/** `0042` → `42`, `000` → `` */
export function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (start < digits.length && digits.charCodeAt(start) === ZERO) start++;
  return start === 0 ? digits : digits.slice(start);
}

/** Of lists whose missing members are below every other: `1.2` before `1.2.0`. */
export function orderOfLists<Member>(
  left: readonly Member[],
  right: readonly Member[],
  orderOfMembers: (left: Member, right: Member) => Order,
): Order {
  const common = Math.min(left.length, right.length);
  for (let index = 0; index < common; index++) {
    // Both lists are as long as `common` at least.
    const order = orderOfMembers(left[index] as Member, right[index] as Member);
    if (order !== 0) return order;
  }
  return orderOf(left.length, right.length);
}

/** Of lists of numbers in digits, where what is missing is 0: `1.2` is `1.2.0`. */
export function orderOfNumbers(left: readonly string[], right: readonly string[]): Order {
  const longest = Math.max(left.length, right.length);
  for (let index = 0; index < longest; index++) {
    const order = orderOfDigits(left[index] ?? '', right[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

const ZERO = 0x30;
const NINE = 0x39;

/** Whether it is an ASCII digit; not a number beyond the end of a string is none. */
export function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Whether it is an ASCII letter. */
export function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Whether all of it is ASCII digits, and there is one at least. */
export function isDigits(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (!isDigit(text.charCodeAt(index))) return false;
  }
  return text !== '';
}
