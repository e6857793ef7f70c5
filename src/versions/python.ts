import { isDigits, orderOf, orderOfDigits, orderOfLists, orderOfNumbers } from './order.ts';
import type { Order } from './order.ts';
import { compareLegacyPython } from './python-legacy.ts';

/**
 * PEP 440, with all of its spellings (its appendix B). What it does not cover is before every version
 * that it does, in the order that setuptools had before it.
 */
export function comparePython(left: string, right: string): Order {
  const [leftParts, rightParts] = [parse(left), parse(right)];
  if (leftParts === null || rightParts === null) {
    if (leftParts !== null || rightParts !== null) return leftParts === null ? -1 : 1;
    return compareLegacyPython(left, right);
  }
  return (
    orderOfDigits(leftParts.epoch, rightParts.epoch) ||
    orderOfNumbers(leftParts.release, rightParts.release) ||
    orderOf(leftParts.phase, rightParts.phase) ||
    orderOfDigits(leftParts.preRelease, rightParts.preRelease) ||
    orderOfOptional(leftParts.post, rightParts.post, BEFORE) ||
    orderOfOptional(leftParts.development, rightParts.development, AFTER) ||
    orderOfLocals(leftParts.local, rightParts.local)
  );
}

/** Numbers are digits. */
interface Parts {
  readonly epoch: string;
  readonly release: readonly string[];
  /** Before or after its pre-releases' phases; {@link PHASES}. */
  readonly phase: number;
  readonly preRelease: string;
  readonly post: string | null;
  readonly development: string | null;
  readonly local: readonly string[] | null;
}

const SPELLINGS = new RegExp(
  String.raw`^\s*v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)` +
    String.raw`(?:[-_.]?(?<phase>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preRelease>\d*))?` +
    String.raw`(?:-(?<bare>\d+)|(?<post>[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>\d*)))?` +
    String.raw`(?<development>[-_.]?dev[-_.]?(?<developmentNumber>\d*))?` +
    String.raw`(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$`,
  'i',
);

/** A development release without a phase is before the phases, a final or post release after them. */
const [DEVELOPMENT, FINAL] = [0, 4];
const PHASES: Readonly<Record<string, number>> = {
  a: 1,
  alpha: 1,
  b: 2,
  beta: 2,
  c: 3,
  rc: 3,
  pre: 3,
  preview: 3,
};

function parse(version: string): Parts | null {
  const groups = SPELLINGS.exec(version)?.groups;
  if (groups === undefined) return null;
  const { epoch, release = '', phase, preRelease, bare, local } = groups;
  const post = bare ?? numberOf(groups['post'], groups['postNumber']);
  const development = numberOf(groups['development'], groups['developmentNumber']);
  return {
    epoch: epoch ?? '',
    release: release.split('.'),
    phase: phase === undefined ? phaseOfNone(post, development) : (PHASES[phase.toLowerCase()] ?? FINAL),
    preRelease: preRelease ?? '',
    post,
    development,
    local: local?.toLowerCase().split(/[-_.]/) ?? null,
  };
}

/** Null without the word; without a number, 0. */
function numberOf(word: string | undefined, number: string | undefined): string | null {
  return word === undefined ? null : (number ?? '');
}

function phaseOfNone(post: string | null, development: string | null): number {
  return post === null && development !== null ? DEVELOPMENT : FINAL;
}

const [BEFORE, AFTER] = [-1, 1] as const;

/** Of numbers that may be missing, which is before or after every number. */
function orderOfOptional(left: string | null, right: string | null, missing: -1 | 1): Order {
  if (left !== null && right !== null) return orderOfDigits(left, right);
  if (left === right) return 0;
  return orderOf(left === null ? missing : 0, right === null ? missing : 0);
}

function orderOfLocals(left: readonly string[] | null, right: readonly string[] | null): Order {
  return orderOfLists(left ?? [], right ?? [], compareLocalParts);
}

/** Words are before numbers. */
function compareLocalParts(left: string, right: string): Order {
  const [leftIsNumber, rightIsNumber] = [isDigits(left), isDigits(right)];
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? 1 : -1;
  return leftIsNumber ? orderOfDigits(left, right) : orderOf(left, right);
}
