import type { Instant, Observation, SourceData } from '#model';
import { createProcessTable, findSocketOwners } from '#proc';
import type { Pace } from '#proc';

import type { WitnessedProcess } from '../engine.ts';
import type { Host, LookTimes } from './host.ts';
import { ListeningSockets } from './listening-sockets.ts';
import { createNodeFacts } from './node-facts.ts';
import { createOutgoingSockets } from './outgoing-sockets.ts';
import { ProcessInstances } from './process-instances.ts';
import { createSearchOrder } from './search-order.ts';
import { readSocketRows } from './socket-rows.ts';
import { describeState } from './source-state.ts';
import { Witnesses } from './witnesses.ts';

/** One uninterrupted watch over /proc, from a snapshot on. */
export interface Session {
  look(pace: Pace): Generator<void, readonly Observation[]>;
  /** What has come up since the last look, and when that began. */
  heartbeat(): readonly Observation[];
  witness(process: WitnessedProcess): void;
  instanceOf(pid: number, startTicks: number | null, at: Instant): string | null;
}

export function createSession(host: Host, osReleaseFile: string, intervalMs: number): Session {
  const outbox = createOutbox();
  const watch = createWatch(host, osReleaseFile, outbox.report);
  let times: LookTimes | null = null;
  let state: SourceData | null = null;

  return {
    *look(pace) {
      const at = host.clock();
      const look = { number: (times?.number ?? 0) + 1, at, before: times?.at ?? at };
      yield* watch.changes(look);
      times = look;
      const next = describeState({ ...watch.facts(), pace, intervalMs });
      const stated: Observation[] =
        JSON.stringify(next) === JSON.stringify(state) ? [] : [{ kind: 'state', data: next }];
      state = next;
      const watermark = { kind: 'watermark', at } as const;
      if (look.number > 1) return [...stated, ...outbox.drain(), watermark];
      const end = { kind: 'snapshot-end', at: host.clock() } as const;
      return [...stated, { kind: 'snapshot-begin', at }, ...outbox.drain(), end, watermark];
    },
    heartbeat: () =>
      // Before the first look is complete everything waits for the snapshot.
      times === null ? [] : [...outbox.drain(), { kind: 'watermark', at: times.at }],
    witness: (process) => watch.witnesses.witness(process),
    instanceOf: (pid, startTicks, at) => watch.witnesses.instanceOf(pid, startTicks, at),
  };
}

function createOutbox() {
  let observations: Observation[] = [];
  return {
    report: (observation: Observation): void => void observations.push(observation),
    drain: (): readonly Observation[] => {
      const drained = observations;
      observations = [];
      return drained;
    },
  };
}

function createWatch(host: Host, osReleaseFile: string, report: (observation: Observation) => void) {
  const table = createProcessTable(host.files);
  const instances = new ProcessInstances(host, report);
  const listening = new ListeningSockets(host, instances, report);
  const outgoing = createOutgoingSockets(instances);
  const nodeFacts = createNodeFacts(host, osReleaseFile, report);
  const witnesses = new Witnesses(host, table, instances, report);
  const order = createSearchOrder(table, instances);
  let denied = 0;

  function* findOwners(look: LookTimes): Generator<void, void> {
    const listeners = listening.review(look);
    const connections = outgoing.review(look);
    if (listeners.size === 0 && connections.size === 0) return;
    const { pids, linksMax } = listeners.size > 0 || look.number === 1 ? order.everyone() : order.few();
    const inodes = new Set([...listeners, ...connections]);
    const search = yield* findSocketOwners(host.files, inodes, pids, linksMax);
    if (listeners.size > 0) denied = search.denied;
    listening.resolve(search.found, look);
    outgoing.resolve(search.found);
  }

  return {
    witnesses,
    *changes(look: LookTimes): Generator<void, void> {
      const gone = yield* table.refresh();
      const firstMissing = host.clock();
      for (const process of gone) instances.ended(process, look.before, firstMissing);
      if (look.number === 1) instances.resume();
      instances.review(look);
      yield* readSocketRows(host, table, { listening, outgoing }, look);
      yield* findOwners(look);
      witnesses.review();
      nodeFacts.review(look);
      instances.answerers.looked(look.at);
      instances.answerers.forget(look.at);
    },
    facts: () => ({ unowned: listening.unowned, denied: denied > 0, processes: table.size }),
  };
}
