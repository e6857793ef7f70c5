import type { Clock, FlowEvent, Instant, SourceData } from '#model';
import { createAlarm, createProcFiles, forwardOnly, poll } from '#proc';

import type { FlowSensor, SensorCapabilities, SensorProbe } from '../sensor.ts';
import { createSocketsSession } from './sockets-session.ts';
import type { SocketsSession } from './sockets-session.ts';

export interface SocketsSensorOptions {
  /** This machine's host name. */
  readonly node: string;
  readonly clock: Clock;
  readonly procDirectory?: string;
  /** Between two looks, in milliseconds; default 1000. */
  readonly intervalMs?: number;
}

const CAPABILITIES: SensorCapabilities = {
  protocols: ['tcp', 'udp'],
  connections: 'sampled',
  bytes: false,
  holders: 'local',
  translation: false,
  needsRoot: false,
  helper: null,
};

/**
 * The fallback that needs no rights: connections that are open when /proc/net is looked at.
 *
 * - Each counts once while it stays; `at` is the look that found it, not its opening.
 * - A local connection has two sockets and gives two flows, one from each side.
 * - TCP connections that came and went between two looks leave their traces in closing states: they
 *   are counted as lost, at least.
 * - Owners of sockets are known for the processes that may be looked into: with root, for all.
 */
export function createSocketsSensor(options: SocketsSensorOptions): FlowSensor {
  const intervalMs = options.intervalMs ?? 1_000;
  const files = createProcFiles(options.procDirectory ?? '/proc');
  const description = `sockets in ${files.directory}, every ${intervalMs / 1000} s`;
  return {
    id: 'sockets',
    capabilities: CAPABILITIES,
    probe: (): Promise<SensorProbe> =>
      Promise.resolve(
        files.bytes('net/tcp') === null
          ? {
              usable: false,
              reason: `${files.directory}/net/tcp can't be read; mount a proc file system (Linux only)`,
            }
          : { usable: true, description },
      ),
    observe: (signal) => observeSockets(options, intervalMs, description, signal),
  };
}

function observeSockets(
  options: SocketsSensorOptions,
  intervalMs: number,
  description: string,
  signal: AbortSignal,
): AsyncIterable<readonly FlowEvent[]> {
  const files = createProcFiles(options.procDirectory ?? '/proc');
  const clock = forwardOnly(options.clock);
  let session: SocketsSession | null = null;
  let lookedAt: Instant | null = null;
  let lost = 0;
  let state: SourceData['state'] | null = null;

  const enter = (next: SourceData['state'], reason: string | null): readonly FlowEvent[] => {
    if (state === next) return [];
    state = next;
    return [{ kind: 'state', data: { kind: 'sensor', state: next, reason, description, lost } }];
  };

  return poll<FlowEvent>({
    signal,
    intervalMs,
    alarm: createAlarm(),
    *look() {
      session ??= createSocketsSession(options.node, files, clock);
      const events = yield* session.look();
      for (const event of events) {
        if (event.kind === 'lost') lost += event.count;
        if (event.kind === 'watermark') lookedAt = event.at;
      }
      return [...enter('live', null), ...events];
    },
    heartbeat: () => (state !== 'live' || lookedAt === null ? [] : [{ kind: 'watermark', at: lookedAt }]),
    // What has been counted stays counted when /proc can be read again.
    failed: (error) => enter(lookedAt === null ? 'inactive' : 'gap', error.message),
  });
}
