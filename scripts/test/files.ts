import { globSync } from 'node:fs';

/** The tiers, each of which contains the ones before it. */
export const TIERS = ['check', 'test', 'long'] as const;
export type Tier = (typeof TIERS)[number];

/** How the files of a tier are run. */
export interface TierPlan {
  readonly tier: Tier;
  readonly files: readonly string[];
  /** A file that takes longer is ended and counted as failed. */
  readonly deadlineMs: number;
  readonly jobs: number;
}

const MINUTE_MS = 60_000;

/** Pure tests share the cores; those of real engines are disturbed by neighbours, so they run alone. */
const LIMITS: Readonly<Record<Tier, { readonly deadlineMs: number; readonly jobs: number }>> = {
  check: { deadlineMs: 2 * MINUTE_MS, jobs: 2 },
  test: { deadlineMs: 10 * MINUTE_MS, jobs: 1 },
  long: { deadlineMs: 120 * MINUTE_MS, jobs: 1 },
};

/**
 * The test files of a tier and of all before it, narrowed to paths that contain one of `patterns`.
 * `jobs` overrides how many files run at once.
 */
export function plansFor(tier: Tier, patterns: readonly string[], jobs: number | null): readonly TierPlan[] {
  const all = globSync(['{src,test,bench,scripts,examples,console}/**/*.test.ts'])
    .filter((file) => !file.includes('node_modules/'))
    .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)))
    .toSorted();
  return TIERS.slice(0, TIERS.indexOf(tier) + 1).map((each) => ({
    tier: each,
    files: all.filter((file) => tierOf(file) === each),
    deadlineMs: LIMITS[each].deadlineMs,
    jobs: jobs ?? LIMITS[each].jobs,
  }));
}

/** By its name: `*.system.test.ts` needs real engines, `*.long.test.ts` takes its time. */
function tierOf(file: string): Tier {
  if (file.endsWith('.long.test.ts')) return 'long';
  if (file.endsWith('.system.test.ts')) return 'test';
  return 'check';
}
