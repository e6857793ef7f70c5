import type { ErrorAnswer } from '#model';

export interface JsonLinesOptions {
  /** Shown to the client in a last line `{"kind": "error", "error": …}`. */
  readonly told: (error: unknown) => ErrorAnswer['error'];
  /** An empty line so often, while there is nothing to say: proxies and clients end what is silent. */
  readonly heartbeatMs: number;
  /** Ends what makes the lines: the client went. */
  readonly stop: AbortController;
}

/**
 * One line of JSON per step of something that takes long. What is refused at once, or done within a
 * heartbeat, is thrown here, so that the answer still has a status of its own. A step is only asked
 * for when the client has taken the one before: nothing is buffered.
 */
export async function jsonLines(
  steps: AsyncIterable<unknown>,
  { told, heartbeatMs, stop }: JsonLinesOptions,
): Promise<ReadableStream<Uint8Array>> {
  const iterator = steps[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<unknown>> | null = iterator.next();
  await within(next, heartbeatMs);

  function end(): void {
    stop.abort();
    iterator.return?.().catch(() => undefined);
  }

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        next ??= iterator.next();
        const step = await within(next, heartbeatMs);
        if (step === null) {
          controller.enqueue(NEW_LINE);
          return;
        }
        next = null;
        if (step.done) controller.close();
        else controller.enqueue(line(step.value));
      } catch (error) {
        // A client that went is told nothing any more.
        if (stop.signal.aborted) return;
        controller.enqueue(line({ kind: 'error', error: told(error) }));
        controller.close();
      }
    },
    cancel: end,
  });
}

const encoder = new TextEncoder();
const NEW_LINE = encoder.encode('\n');

function line(value: unknown): Uint8Array {
  return encoder.encode(`${JSON.stringify(value)}\n`);
}

/** Null: it takes longer than that. */
async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | null> {
  const quiet = Promise.withResolvers<null>();
  const timer = setTimeout(() => quiet.resolve(null), ms);
  timer.unref();
  try {
    return await Promise.race([promise, quiet.promise]);
  } finally {
    clearTimeout(timer);
  }
}
