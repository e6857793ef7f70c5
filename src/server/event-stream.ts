import type { ChangeAnswer } from '#model';
import type { Changes, Positions } from './changes.ts';
import { ServerError } from './errors.ts';

export interface EventStreamOptions {
  readonly changes: Changes;
  /** What the client has seen, as it said; null: only what comes from now on. */
  readonly after: Positions | null;
  readonly heartbeatMs: number;
  /** Ends the stream: the server is closing. */
  readonly signal: AbortSignal;
  readonly onEnd: () => void;
}

/**
 * Server-sent events. First `ready` (or `reset`: the positions that were asked for do not exist
 * here, or what followed them was dropped; reread everything), then one `change` per recorded fact.
 * Each id holds the positions of both streams, so that a client resumes exactly behind what it has
 * seen. Nothing is buffered: what is next is read from the store when the client has taken what was
 * before.
 */
export function eventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { changes, signal } = options;
  const heads = changes.heads();
  const known =
    options.after === null || (isBefore(options.after, heads) && isBefore(changes.begins(), options.after));
  let positions = known ? (options.after ?? heads) : heads;
  let greeting: string | null = frame(known ? 'ready' : 'reset', positions, heads);
  let ended = false;
  const bell = createBell(options.heartbeatMs);
  const stopWatching = changes.onChange(bell.ring);

  function end(): void {
    signal.removeEventListener('abort', bell.ring);
    stopWatching();
    ended = true;
    bell.ring();
    options.onEnd();
  }

  function nextFrames(): string {
    const batch = changes.since(positions, BATCH_MAX);
    return batch
      .map((change) => {
        positions = { ...positions, [change.stream]: change.position };
        return frame('change', positions, change);
      })
      .join('');
  }

  signal.addEventListener('abort', bell.ring);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text: string;
      try {
        text = greeting ?? nextFrames();
        greeting = null;
        if (text === '' && !signal.aborted) text = (await bell.heard()) === 'rung' ? nextFrames() : ':\n\n';
      } catch (error) {
        // A stream that fails is not cancelled, too.
        end();
        throw error;
      }
      if (ended) return;
      if (signal.aborted) {
        end();
        controller.close();
        return;
      }
      // A ring may have been for what was read already; an empty comment keeps the pull alive.
      controller.enqueue(new TextEncoder().encode(text === '' ? ':\n\n' : text));
    },
    cancel: end,
  });
}

/** `AUDIT:OBSERVATIONS` */
export function parsePositions(text: string): Positions {
  const match = /^(\d{1,15}):(\d{1,15})$/.exec(text);
  if (!match) {
    throw new ServerError('invalid-input', `"${text}" is not an event id`, {
      next: 'send the id of the last event as it was, or none',
    });
  }
  return { audit: Number(match[1]), observations: Number(match[2]) };
}

/** Facts per write: about 64 KiB of JSON. */
const BATCH_MAX = 256;

function isBefore(positions: Positions, heads: Positions): boolean {
  return positions.audit <= heads.audit && positions.observations <= heads.observations;
}

function frame(event: string, positions: Positions, data: ChangeAnswer | Positions): string {
  const id = `${positions.audit}:${positions.observations}`;
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

interface Bell {
  readonly ring: () => void;
  /** `quiet`: it was not rung for the length of a heartbeat. */
  readonly heard: () => Promise<'rung' | 'quiet'>;
}

/** A ring while nobody waits is kept. */
function createBell(heartbeatMs: number): Bell {
  let rung = false;
  let waiting: (() => void) | null = null;
  return {
    ring() {
      rung = true;
      waiting?.();
    },
    heard() {
      return new Promise((resolve) => {
        const timer = setTimeout(settle, rung ? 0 : heartbeatMs);
        timer.unref();
        waiting = settle;
        function settle(): void {
          clearTimeout(timer);
          waiting = null;
          resolve(rung ? 'rung' : 'quiet');
          rung = false;
        }
      });
    },
  };
}
