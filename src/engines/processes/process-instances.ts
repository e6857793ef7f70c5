import { containerInstanceId, processInstanceId } from '#model';
import type { Instant, InstanceData, Observation } from '#model';
import { instantOfTicks, readControlGroup, readStat } from '#proc';
import type { LiveProcess, ProcessStat } from '#proc';

import { Answerers } from './answerers.ts';
import { containerVerdict } from './container-verdict.ts';
import type { Host, LookTimes } from './host.ts';
import { readInstance } from './instance-data.ts';
import { programOf } from './program.ts';

/** What an instance says of itself is read again at one in so many looks. */
const REREAD_EVERY = 16;

interface LiveInstance {
  readonly id: string;
  readonly pid: number;
  readonly startTicks: number;
  /** When it was found alive: perhaps after the last look, by a flow sensor. */
  readonly foundAt: Instant;
  data: InstanceData;
}

/** Which processes are instances, and which instance answers for which process. */
export class ProcessInstances {
  readonly answerers: Answerers;
  private readonly host: Host;
  private readonly report: (observation: Observation) => void;
  private readonly instances = new Map<number, LiveInstance>();
  private lookedAt: Instant;

  constructor(host: Host, report: (observation: Observation) => void) {
    this.host = host;
    this.report = report;
    this.answerers = new Answerers(host.boot);
    this.lookedAt = host.clock();
  }

  /**
   * The instance that answers for a living process; reports it where it is new. Null when the
   * process is gone, or is in a container that its engine may be about to report.
   */
  answerFor(pid: number): string | null {
    return this.settle(pid, true);
  }

  /** The same without reporting anything new. */
  find(pid: number): string | null {
    return this.settle(pid, false);
  }

  /** Takes up what was reported before this watch began: who lives still is an instance still. */
  resume(): void {
    for (const id of this.host.reported()) {
      const stat = readStat(this.host.files, Number(id.split('/')[2]));
      if (stat === null || id !== processInstanceId(this.host.boot.id, stat.pid, stat.startTicks)) continue;
      const { containerId } = readControlGroup(this.host.files, stat.pid);
      const verdict = containerVerdict(this.host, containerId, stat.startTicks);
      // What can't be told yet is as it was.
      if (verdict === 'own' || verdict === 'wait') this.answerers.add(stat, this.begin(stat));
    }
  }

  isInstance(pid: number): boolean {
    return this.instances.has(pid);
  }

  /**
   * Reports what has changed in itself, and what has ended without leaving the process table: a
   * zombie stays in it, and who came and went between two looks was never there.
   */
  review(look: LookTimes): void {
    this.lookedAt = look.at;
    for (const instance of this.instances.values()) {
      const stat = readStat(this.host.files, instance.pid);
      const isAlive = stat !== null && stat.startTicks === instance.startTicks && stat.state !== 'Z';
      if (!isAlive) this.end(instance, look.before, this.host.clock());
      else if ((instance.pid + look.number) % REREAD_EVERY === 0) this.reread(instance, stat);
    }
  }

  ended({ pid, startTicks }: LiveProcess, lastSeen: Instant, firstMissing: Instant): void {
    this.answerers.ended(pid, startTicks, firstMissing);
    const instance = this.instances.get(pid);
    if (instance?.startTicks === startTicks) this.end(instance, lastSeen, firstMissing);
  }

  private settle(pid: number, create: boolean): string | null {
    const stat = readStat(this.host.files, pid);
    if (stat === null || stat.state === 'Z') return null;
    const known = this.answerers.living(pid, stat.startTicks);
    if (known !== null) return known;
    const { containerId } = readControlGroup(this.host.files, pid);
    const verdict = containerVerdict(this.host, containerId, stat.startTicks);
    if (verdict === 'wait') return null;
    const id = verdict === 'own' ? this.program(stat, create) : containerInstanceId(verdict.containerId);
    if (id !== null) this.answerers.add(stat, id);
    return id;
  }

  private program(stat: ProcessStat, create: boolean): string | null {
    const program = programOf(this.host.files, stat);
    if (program.pid !== stat.pid) return this.settle(program.pid, create);
    return create ? this.begin(stat) : null;
  }

  private begin(stat: ProcessStat): string {
    const { pid, startTicks } = stat;
    const validFrom = instantOfTicks(this.host.boot, startTicks);
    const former = this.instances.get(pid);
    // The pid has been taken over since the last look.
    if (former !== undefined) this.end(former, this.lookedAt, Math.max(this.lookedAt, validFrom));
    const id = processInstanceId(this.host.boot.id, pid, startTicks);
    const instance = { id, pid, startTicks, foundAt: this.host.clock(), data: readInstance(this.host, stat) };
    this.instances.set(pid, instance);
    this.assert(instance, validFrom);
    return id;
  }

  private reread(instance: LiveInstance, stat: ProcessStat): void {
    const { containerId } = readControlGroup(this.host.files, instance.pid);
    const now = this.host.clock();
    if (containerId !== null && this.host.ownsContainer?.(containerId) === true) {
      // Its own engine has attached: from here on the container stands for it.
      this.answerers.replace(instance.id, containerInstanceId(containerId));
      this.end(instance, now, now);
      return;
    }
    const data = readInstance(this.host, stat);
    if (JSON.stringify(data) === JSON.stringify(instance.data)) return;
    instance.data = data;
    this.assert(instance, now);
  }

  private assert({ id, data }: LiveInstance, validFrom: Instant): void {
    this.report({ kind: 'assert', subject: { kind: 'instance', id }, data, validFrom });
  }

  private end(instance: LiveInstance, lookedAt: Instant, missingAt: Instant): void {
    this.instances.delete(instance.pid);
    const lastSeen = Math.max(lookedAt, instance.foundAt);
    const firstMissing = Math.max(lastSeen, missingAt);
    this.answerers.release(instance.id, firstMissing);
    const subject = { kind: 'instance', id: instance.id } as const;
    this.report({ kind: 'end', subject, validFrom: firstMissing, slack: { lastSeen, firstMissing } });
  }
}
