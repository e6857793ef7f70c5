import type { Clock, Instant } from '#model';

import { ProcError } from './proc-error.ts';
import type { ProcFiles } from './proc-files.ts';

/** USER_HZ: the unit of start times in /proc, 100 per second on every Linux that Node runs on. */
const TICK_MS = 10;

/** The machine's present run. */
export interface Boot {
  /** `/proc/sys/kernel/random/boot_id` */
  readonly id: string;
  readonly at: Instant;
}

/** @throws ProcError when /proc does not say. */
export function readBoot(files: ProcFiles, clock: Clock): Boot {
  const id = files.text('sys/kernel/random/boot_id')?.trim();
  const uptime = Number.parseFloat(files.text('uptime') ?? '');
  if (id === undefined || id === '' || !Number.isFinite(uptime)) {
    throw new ProcError(`${files.directory} has no boot id or uptime, so processes can't be told apart`, {
      next: 'Mount a complete proc file system.',
    });
  }
  return { id, at: clock() - uptime * 1000 };
}

/** When that tick began; the process started within the 10 ms from there. */
export const instantOfTicks = (boot: Boot, ticks: number): Instant => boot.at + ticks * TICK_MS;

export const ticksOfInstant = (boot: Boot, at: Instant): number => Math.floor((at - boot.at) / TICK_MS);
