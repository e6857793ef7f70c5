import { Worker } from 'node:worker_threads';
import type { AdvisoryIntake, IntakeDocument, IntakeStatement, IntakeStep } from '#loops/patch';
import { SheerError, type Clock } from '#model';
import { receivedError, type SyncMessage, type SyncOrder } from './sync-messages.ts';

export interface AdvisoryIntakeOptions {
  /** Of the advisories. */
  readonly directory: string;
  readonly clock: Clock;
}

/** Of the thread's heap: it makes and drops a parsed record every 40 µs. */
const YOUNG_MEGABYTES = 64;

const NOTHING: IntakeStep = { read: 0, changed: 0, withdrawn: 0, refused: 0, problems: [], statements: [] };

/** Reads places into the store of advisories, each in a thread of its own, one after the other. */
export function createAdvisoryIntake(options: AdvisoryIntakeOptions): AdvisoryIntake {
  // The store takes one writer at a time.
  let before: Promise<void> = Promise.resolve();
  return {
    async *read(place, { acceptFewer, signal }) {
      const turn = before;
      const over = Promise.withResolvers<void>();
      before = over.promise;
      await turn;
      try {
        signal.throwIfAborted();
        yield* readInThread(
          { place, acceptFewer, directory: options.directory, now: options.clock() },
          signal,
        );
      } finally {
        over.resolve();
      }
    },
  };
}

async function* readInThread(order: SyncOrder, signal: AbortSignal): AsyncIterable<IntakeStep> {
  const worker = new Worker(entry(), {
    workerData: order,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
  const inbox = new Inbox(worker, signal);
  const statements: IntakeStatement[] = [];
  const documents: IntakeDocument[] = [];
  try {
    for (;;) {
      const message = await inbox.next();
      if (message.kind === 'failed') throw receivedError(message.error);
      if (message.kind === 'unchanged') {
        yield NOTHING;
        return;
      }
      if (message.kind === 'document') {
        documents.push(message.document);
        const document = message.bytes;
        statements.push(...message.statements.map((each) => ({ ...each, document })));
        continue;
      }
      const { counts } = message;
      const removed = message.kind === 'done' ? message.removed : 0;
      const brought = { statements: statements.splice(0), documents: documents.splice(0) };
      yield { ...counts, changed: counts.changed + removed, ...brought };
      if (message.kind === 'done') return;
    }
  } finally {
    await worker.terminate();
  }
}

/** From the sources as from the bundle, where it is a file of its own beside the others. */
function entry(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './advisory-sync-entry.ts' : './advisory-sync.js', import.meta.url);
}

/** What the thread says, in order, for a reader that waits. */
class Inbox {
  readonly #messages: SyncMessage[] = [];
  readonly #signal: AbortSignal;
  #failure: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(worker: Worker, signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
    worker.on('message', (message: SyncMessage) => {
      this.#messages.push(message);
      this.#wake?.();
    });
    worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => this.#fail(new SheerError('internal', 'the sync of advisories ended early')));
  }

  async next(): Promise<SyncMessage> {
    for (;;) {
      this.#signal.throwIfAborted();
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#failure !== null) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }
}
