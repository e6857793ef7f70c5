import type { Clock, Instant } from '#model';
import type { Boot, ProcFiles } from '#proc';

/** What every part of the engine needs to know of the machine that it watches. */
export interface Host {
  readonly node: string;
  readonly files: ProcFiles;
  readonly clock: Clock;
  readonly boot: Boot;
  /** Inode of the node's own network namespace; null where it can't be read. */
  readonly namespace: number | null;
  readonly userName: (userId: number) => string;
  readonly ownsContainer: ((containerId: string) => boolean | null) | null;
  /** The process that watches, where it is the control plane's own. */
  readonly controlPlanePid: number | null;
  /** Ids of instances that an earlier watch reported, and whose end nobody has seen. */
  readonly reported: () => readonly string[];
}

/** When a look began, and when the one before it did; at the first look both are the same. */
export interface LookTimes {
  readonly number: number;
  readonly at: Instant;
  readonly before: Instant;
}
