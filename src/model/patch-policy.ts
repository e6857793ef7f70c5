import type { Severity } from './advisory.ts';

/** By when a vulnerability must be gone. Id: `policy`: there is one. */
export interface PatchPolicyData {
  /** Milliseconds from when the case opened; what is left out is as in {@link DEFAULT_DEADLINES_MS}. */
  readonly deadlinesMs: DeadlinesMs;
  /** By environment's name; what an environment leaves out is as for all. */
  readonly environments: Readonly<Record<string, DeadlinesMs>>;
}

export type DeadlinesMs = Readonly<Partial<Record<Severity, number>>>;

export const PATCH_POLICY_ID = 'policy';

const DAY_MS = 86_400_000;

/** What counts where nobody declared anything; a severity that nobody rated waits as a medium one. */
const DEFAULT_DEADLINES_MS: Readonly<Record<Severity, number>> = {
  critical: 2 * DAY_MS,
  high: 7 * DAY_MS,
  medium: 30 * DAY_MS,
  low: 90 * DAY_MS,
  unknown: 30 * DAY_MS,
};

/** No vulnerability has to be gone sooner, in milliseconds. */
export function shortestDeadlineMs(policy: PatchPolicyData | null): number {
  const own = [policy?.deadlinesMs ?? {}, ...Object.values(policy?.environments ?? {})];
  return Math.min(...[DEFAULT_DEADLINES_MS, ...own].flatMap((deadlines) => Object.values(deadlines)));
}

/** How long a vulnerability may stay in an environment, in milliseconds. */
export function deadlineMs(
  policy: PatchPolicyData | null,
  severity: Severity,
  environment: string | null,
): number {
  // Names that people chose may be those of an object's own properties.
  const environments = policy?.environments ?? {};
  const own =
    environment !== null && Object.hasOwn(environments, environment) ? environments[environment] : {};
  return own?.[severity] ?? policy?.deadlinesMs[severity] ?? DEFAULT_DEADLINES_MS[severity];
}
