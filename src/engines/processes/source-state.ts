import { release } from 'node:os';

import type { SourceData } from '#model';
import type { Pace, ProcError } from '#proc';

/** Looks this much rarer than asked for are worth a word. */
const STRETCH_MIN = 2;

export interface StateFacts {
  /** Listening sockets whose process was not found. */
  readonly unowned: number;
  /** Whether there are processes that may not be looked into. */
  readonly denied: boolean;
  readonly processes: number;
  readonly pace: Pace;
  readonly intervalMs: number;
}

/** `linux 6.18` */
function description(): string {
  return `linux ${release().split('.').slice(0, 2).join('.')}`;
}

export function describeState({ unowned, denied, processes, pace, intervalMs }: StateFacts): SourceData {
  const reasons: string[] = [];
  if (unowned > 0) {
    const sockets = unowned === 1 ? '1 listening socket belongs' : `${unowned} listening sockets belong`;
    reasons.push(
      denied
        ? `${sockets} to processes of other users; start Sheerline as root to see whose they are`
        : `${sockets} to no process that /proc shows: to the kernel or another pid namespace`,
    );
  }
  if (pace.pauseMs > intervalMs * STRETCH_MIN) {
    reasons.push(
      `a look at about ${roughly(processes)} processes is dear here, so it looks every ${Math.round(pace.pauseMs / 1000)} s`,
    );
  }
  return {
    kind: 'engine',
    state: 'live',
    reason: reasons.length === 0 ? null : reasons.join('. '),
    description: description(),
    lost: 0,
  };
}

export function inactiveState(error: ProcError): SourceData {
  const reason = error.next === null ? error.message : `${error.message}. ${error.next}`;
  return { kind: 'engine', state: 'inactive', reason, description: description(), lost: 0 };
}

/** To one digit, so that the words do not change with every process. */
function roughly(count: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(count, 1)));
  return Math.round(count / unit) * unit;
}
