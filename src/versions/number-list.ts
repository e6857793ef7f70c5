import { orderOf, orderOfDigits, orderOfLists } from './order.ts';
import type { Order } from './order.ts';

/** Haskell's `Data.Version`: numbers between dots, `1.2` before `1.2.0`. */
export function compareHackage(left: string, right: string): Order {
  return compareNumberLists(left, right, HACKAGE);
}

/** R's `package_version`: numbers between dots or hyphens, `1.2` before `1.2.0`. */
export function compareCran(left: string, right: string): Order {
  return compareNumberLists(left, right, CRAN);
}

interface Form {
  readonly wellFormed: RegExp;
  readonly separator: RegExp;
}

const HACKAGE: Form = { wellFormed: /^\d+(?:\.\d+)*$/, separator: /\./ };
const CRAN: Form = { wellFormed: /^\d+(?:[.-]\d+)*$/, separator: /[.-]/ };

/** Malformed ones are before all others, among themselves by their characters. */
function compareNumberLists(left: string, right: string, { wellFormed, separator }: Form): Order {
  const [leftIsFormed, rightIsFormed] = [wellFormed.test(left), wellFormed.test(right)];
  if (leftIsFormed !== rightIsFormed) return leftIsFormed ? 1 : -1;
  if (!leftIsFormed) return orderOf(left, right);
  return orderOfLists(left.split(separator), right.split(separator), orderOfDigits);
}
