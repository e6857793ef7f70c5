import type { InstanceData, Instant, Slack, SubjectData, SubjectKind } from '#model';

/** What was said last of a subject, whether it is in the graph already or waits to be written. */
export interface Known {
  readonly data: unknown;
  readonly since: Instant;
  /** It had ended, and nobody saw when. */
  readonly slack: Slack | null;
}

/** What a feed says now. */
export interface Said {
  readonly data: unknown;
  readonly validFrom: Instant;
}

/** An engine's word for the beginning of one run differs by less; runs lie further apart. */
export const SAME_RUN_MS = 50;

/** Of an instance: the same id, started later, with another first process. */
export function isOtherRun(known: Known, said: Said): boolean {
  const [before, now] = [instanceOf(known.data), instanceOf(said.data)];
  return said.validFrom > known.since && before.pid !== null && now.pid !== null && before.pid !== now.pid;
}

/** Of an instance: it began again, later, and was gone before its first process could be read. */
export function isNextRun(known: Known, said: Said): boolean {
  return instanceOf(said.data).pid === null && said.validFrom > known.since + SAME_RUN_MS;
}

/**
 * What is said of a run, with what was read of the same run before and can't be read now. An engine
 * that tells late of a container that is gone knows little more than its name: "not known" says
 * nothing. The name of an image, too, may be another image's by now.
 */
export function withEarlier<K extends SubjectKind>(
  kind: K,
  said: SubjectData[K],
  earlier: unknown,
): SubjectData[K] {
  if (kind !== 'instance') return said;
  // Both are data of an instance, by `kind`.
  return completed(instanceOf(said), instanceOf(earlier)) as SubjectData[K];
}

function completed(said: InstanceData, earlier: InstanceData): InstanceData {
  if (said.kind !== 'container') return said;
  const read = { pid: said.pid ?? earlier.pid, cgroup: said.cgroup ?? earlier.cgroup };
  if (said.addressMissing === null) return { ...said, ...read };
  const { addressMissing } = earlier;
  if (said.networks.length > 0) return { ...said, ...read, addressMissing };
  return { ...said, ...read, images: earlier.images, networks: earlier.networks, addressMissing };
}

/** The caller knows that it is. */
const instanceOf = (data: unknown): InstanceData => data as InstanceData;
