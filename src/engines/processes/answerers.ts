import type { Instant } from '#model';
import { ticksOfInstant } from '#proc';
import type { Boot } from '#proc';

/** Flow sensors report late: who has ended is known for so long. */
const MEMORY_MS = 60_000;
/** Start times in /proc are cut to ticks, and the boot's instant is known to one. */
export const TICKS_SLACK = 2;

interface Answer {
  readonly startTicks: number;
  instanceId: string;
  endedAt: Instant | null;
  confirmedTicks: number;
}

/** Which instance answers for which process, living or ended within the last minute. */
export class Answerers {
  private readonly boot: Boot;
  /** Latest start first. */
  private readonly byPid = new Map<number, Answer[]>();
  private readonly endedPids = new Set<number>();
  private lookedTicks = 0;

  constructor(boot: Boot) {
    this.boot = boot;
  }

  add(process: { readonly pid: number; readonly startTicks: number }, instanceId: string): void {
    const { pid, startTicks } = process;
    const known = this.exactly(pid, startTicks);
    if (known !== undefined) {
      known.instanceId = instanceId;
      known.endedAt = null;
      return;
    }
    const answers = this.byPid.get(pid) ?? [];
    answers.push({ startTicks, instanceId, endedAt: null, confirmedTicks: 0 });
    answers.sort((left, right) => right.startTicks - left.startTicks);
    this.byPid.set(pid, answers);
  }

  living(pid: number, startTicks: number): string | null {
    const answer = this.exactly(pid, startTicks);
    return answer === undefined || answer.endedAt !== null ? null : answer.instanceId;
  }

  /**
   * The process that had `pid` when one of its threads started, or, where that is not known, at `at`.
   * A pid belongs to one process until it ends, so the latest start before then is the one. Null
   * also where the process has not been seen alive since then: another may have its pid by now.
   */
  at(pid: number, threadStartTicks: number | null, at: Instant): string | null {
    const ticks = threadStartTicks ?? ticksOfInstant(this.boot, at);
    const answer = this.byPid.get(pid)?.find((each) => each.startTicks <= ticks + TICKS_SLACK);
    if (answer === undefined) return null;
    if (answer.startTicks === threadStartTicks) return answer.instanceId;
    const knownUntil =
      answer.endedAt === null
        ? Math.max(this.lookedTicks, answer.confirmedTicks)
        : ticksOfInstant(this.boot, answer.endedAt);
    return ticks <= knownUntil + TICKS_SLACK ? answer.instanceId : null;
  }

  /** It was seen alive, as every other one was at the last look that is not known to have ended. */
  confirm(pid: number, startTicks: number, at: Instant): void {
    const answer = this.exactly(pid, startTicks);
    if (answer !== undefined) answer.confirmedTicks = ticksOfInstant(this.boot, at);
  }

  looked(at: Instant): void {
    this.lookedTicks = ticksOfInstant(this.boot, at);
  }

  ended(pid: number, startTicks: number, at: Instant): void {
    const answer = this.exactly(pid, startTicks);
    if (answer !== undefined) this.endOne(pid, answer, at);
  }

  /** The instance is over; who is left of those that it answered for must be asked again. */
  release(instanceId: string, at: Instant): void {
    for (const [pid, answers] of this.byPid) {
      for (const answer of answers) if (answer.instanceId === instanceId) this.endOne(pid, answer, at);
    }
  }

  /** Another instance answers for what this one did. */
  replace(instanceId: string, by: string): void {
    for (const answers of this.byPid.values()) {
      for (const answer of answers) if (answer.instanceId === instanceId) answer.instanceId = by;
    }
  }

  /** Those that ended too long ago. */
  forget(now: Instant): void {
    for (const pid of this.endedPids) {
      const answers = this.byPid.get(pid) ?? [];
      const left = answers.filter(({ endedAt }) => endedAt === null || endedAt > now - MEMORY_MS);
      if (left.length === 0) this.byPid.delete(pid);
      else this.byPid.set(pid, left);
      if (left.every(({ endedAt }) => endedAt === null)) this.endedPids.delete(pid);
    }
  }

  private exactly(pid: number, startTicks: number): Answer | undefined {
    return this.byPid.get(pid)?.find((answer) => answer.startTicks === startTicks);
  }

  private endOne(pid: number, answer: Answer, at: Instant): void {
    if (answer.endedAt !== null) return;
    answer.endedAt = at;
    this.endedPids.add(pid);
  }
}
