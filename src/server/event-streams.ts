import type { Changes, Positions } from './changes.ts';
import { ServerError } from './errors.ts';
import { eventStream } from './event-stream.ts';

/** The event streams that are open now. */
export interface EventStreams {
  readonly count: number;
  /**
   * @throws ServerError `too-many-requests`
   */
  open(after: Positions | null): ReadableStream<Uint8Array>;
  /** Ends them all; new ones may be opened: a server that could not listen on one port listens on another. */
  close(): void;
}

export interface EventStreamsOptions {
  readonly changes: Changes;
  readonly streamsMax: number;
  readonly heartbeatMs: number;
}

export function createEventStreams(options: EventStreamsOptions): EventStreams {
  const { changes, streamsMax, heartbeatMs } = options;
  let closing = new AbortController();
  let count = 0;
  return {
    get count() {
      return count;
    },
    open(after) {
      if (count >= streamsMax) {
        throw new ServerError('too-many-requests', `${streamsMax} event streams are open already`);
      }
      count += 1;
      let open = true;
      const onEnd = (): void => {
        if (open) count -= 1;
        open = false;
      };
      return eventStream({ changes, after, heartbeatMs, signal: closing.signal, onEnd });
    },
    close() {
      closing.abort();
      closing = new AbortController();
    },
  };
}
