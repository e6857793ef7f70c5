import { containerInstanceId, processInstanceId } from '#model';
import type { Instant, Observation } from '#model';
import { instantOfTicks, readStat, ticksOfInstant } from '#proc';
import type { ProcessStat, ProcessTable } from '#proc';

import type { WitnessedProcess } from '../engine.ts';
import { TICKS_SLACK } from './answerers.ts';
import type { Host } from './host.ts';
import { goneInstance } from './instance-data.ts';
import type { ProcessInstances } from './process-instances.ts';

/** A process that no instance answers for is not looked up again at once. */
const UNKNOWN_MS = 500;
const UNKNOWN_MAX = 4_096;

/** What flow sensors say of processes, and what is asked about them. */
export class Witnesses {
  private readonly host: Host;
  private readonly table: ProcessTable;
  private readonly instances: ProcessInstances;
  private readonly report: (observation: Observation) => void;
  private readonly waiting = new Set<number>();
  private readonly unknown = new Map<number, Instant>();

  constructor(
    host: Host,
    table: ProcessTable,
    instances: ProcessInstances,
    report: (observation: Observation) => void,
  ) {
    this.host = host;
    this.table = table;
    this.instances = instances;
    this.report = report;
  }

  witness(process: WitnessedProcess): void {
    const { answerers } = this.instances;
    const { pid, startTicks, at } = process;
    if (answerers.at(pid, startTicks, at) !== null) return;
    const stat = this.alive(pid, startTicks, at);
    if (stat === null) {
      this.bury(process);
      return;
    }
    this.unknown.delete(pid);
    if (this.instances.answerFor(pid) === null) this.waiting.add(pid);
    else answerers.confirm(pid, stat.startTicks, this.host.clock());
  }

  instanceOf(pid: number, startTicks: number | null, at: Instant): string | null {
    const { answerers } = this.instances;
    const known = answerers.at(pid, startTicks, at);
    if (known !== null) return known;
    const now = this.host.clock();
    if ((this.unknown.get(pid) ?? Number.NEGATIVE_INFINITY) > now - UNKNOWN_MS) return null;
    const stat = this.alive(pid, startTicks, at);
    const id = stat === null ? null : this.instances.find(pid);
    if (id !== null && stat !== null) answerers.confirm(pid, stat.startTicks, now);
    else this.remember(pid, now);
    return id;
  }

  /** Asks again for those in containers that were too young to tell. */
  review(): void {
    for (const pid of this.waiting) {
      const done = this.instances.answerFor(pid) !== null || this.table.get(pid) === undefined;
      if (done) this.waiting.delete(pid);
    }
  }

  /** The process with this pid, if it is the one that was meant: it has had its pid since it started. */
  private alive(pid: number, startTicks: number | null, at: Instant): ProcessStat | null {
    const stat = readStat(this.host.files, pid);
    const latest = (startTicks ?? ticksOfInstant(this.host.boot, at)) + TICKS_SLACK;
    return stat === null || stat.state === 'Z' || stat.startTicks > latest ? null : stat;
  }

  /** It is gone already: an instance all the same, that lived until then. */
  private bury({ pid, startTicks, command, at }: WitnessedProcess): void {
    const ticks = startTicks ?? ticksOfInstant(this.host.boot, at);
    const seen = this.table.get(pid);
    const known = seen !== undefined && seen.startTicks <= ticks + TICKS_SLACK ? seen : null;
    const process = { pid, startTicks: known?.startTicks ?? ticks };
    const containerId = known?.containerId ?? null;
    const firstMissing = this.host.clock();
    const { answerers } = this.instances;
    if (containerId !== null && this.host.ownsContainer?.(containerId) === true) {
      answerers.add(process, containerInstanceId(containerId));
    } else {
      const id = processInstanceId(this.host.boot.id, pid, process.startTicks);
      const subject = { kind: 'instance', id } as const;
      const validFrom = Math.min(instantOfTicks(this.host.boot, process.startTicks), at);
      const slack = { lastSeen: Math.min(at, firstMissing), firstMissing };
      answerers.add(process, id);
      this.report({ kind: 'assert', subject, data: goneInstance(this.host, pid, command), validFrom });
      this.report({ kind: 'end', subject, validFrom: firstMissing, slack });
    }
    answerers.ended(pid, process.startTicks, firstMissing);
  }

  private remember(pid: number, now: Instant): void {
    if (this.unknown.size >= UNKNOWN_MAX) this.unknown.clear();
    this.unknown.set(pid, now);
  }
}
