import type { Clock } from '#model';
import {
  createAccounts,
  createAlarm,
  createProcFiles,
  forwardOnly,
  poll,
  readBoot,
  readNetworkNamespace,
} from '#proc';

import type { Engine, EngineCapabilities } from '../engine.ts';
import type { Host } from './host.ts';
import { ENGINE_ID } from './instance-data.ts';
import { createSession } from './session.ts';
import type { Session } from './session.ts';
import { inactiveState } from './source-state.ts';

export interface ProcessesEngineOptions {
  /** This machine's host name. */
  readonly node: string;
  readonly clock: Clock;
  readonly procDirectory?: string;
  /** Between two looks, in milliseconds; default 1000. */
  readonly intervalMs?: number;
  /**
   * Whether a container engine reports the container with this full id: its processes are then no
   * instances of their own. Null: that can't be told yet. Absent: no container engine is attached, so
   * every process counts.
   */
  readonly ownsContainer?: (containerId: string) => boolean | null;
  /**
   * Ids of instances that were reported and have not ended, asked at each snapshot: one that lives is
   * in it although it may neither listen nor call just then.
   */
  readonly reported?: () => readonly string[];
  /** The control plane's own process, which is an instance like others and is called what it is. */
  readonly controlPlanePid?: number;
  readonly passwdFile?: string;
  readonly osReleaseFile?: string;
}

const CAPABILITIES: EngineCapabilities = {
  instances: 'process',
  images: false,
  changes: 'polling',
  shortLived: 'sampled',
  shortLivedAddresses: 'not-applicable',
  actions: 'none',
};

/**
 * Linux processes that listen or were seen connecting, read from /proc. Works without root for what
 * may then be read, and says what is missing.
 */
export function createProcessesEngine(options: ProcessesEngineOptions): Engine {
  const alarm = createAlarm();
  const intervalMs = options.intervalMs ?? 1_000;
  const osReleaseFile = options.osReleaseFile ?? '/etc/os-release';
  const clock = forwardOnly(options.clock);
  const host = hostOf(options, clock);
  let session: Session | null = null;
  let attached = false;

  return {
    id: ENGINE_ID,
    capabilities: CAPABILITIES,
    observe: (signal) =>
      poll({
        signal,
        intervalMs,
        alarm,
        *look(pace) {
          session ??= createSession(host(), osReleaseFile, intervalMs);
          const observations = yield* session.look(pace);
          attached = true;
          return observations;
        },
        heartbeat: () => session?.heartbeat() ?? [],
        failed: (error) => {
          // What changes until it can be read again is not known: a new snapshot follows.
          session = null;
          if (!attached) return [{ kind: 'state', data: inactiveState(error) }];
          attached = false;
          return [{ kind: 'gap', at: clock(), reason: error.message, lost: 0 }];
        },
      }),
    witness: (process) => {
      session?.witness(process);
      alarm.ring();
    },
    instanceOfProcess: (pid, startTicks, at) => session?.instanceOf(pid, startTicks, at) ?? null,
  };
}

/** Reads what stays as it is while the machine runs; once per session, because /proc may not be there. */
function hostOf(options: ProcessesEngineOptions, clock: Clock): () => Host {
  const files = createProcFiles(options.procDirectory ?? '/proc');
  const userName = createAccounts(options.passwdFile ?? '/etc/passwd');
  return () => ({
    node: options.node,
    files,
    clock,
    boot: readBoot(files, clock),
    namespace: readNetworkNamespace(files, 'self'),
    userName,
    ownsContainer: options.ownsContainer ?? null,
    controlPlanePid: options.controlPlanePid ?? null,
    reported: options.reported ?? (() => []),
  });
}
