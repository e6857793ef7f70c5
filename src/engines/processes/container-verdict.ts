import { instantOfTicks } from '#proc';

import type { Host } from './host.ts';

/** A container this young may not be known to its engine yet. */
const GRACE_MS = 5_000;

/**
 * Who reports a process: this engine (`own`), the engine of the container that it runs in, or that
 * can't be told yet. The innermost workload engine owns what several see.
 */
export type ContainerVerdict = 'own' | 'wait' | { readonly containerId: string };

export function containerVerdict(
  host: Host,
  containerId: string | null,
  startTicks: number,
): ContainerVerdict {
  if (containerId === null || host.ownsContainer === null) return 'own';
  const owned = host.ownsContainer(containerId);
  if (owned === null) return 'wait';
  if (owned) return { containerId };
  return host.clock() - instantOfTicks(host.boot, startTicks) < GRACE_MS ? 'wait' : 'own';
}
