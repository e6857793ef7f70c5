/** The thread of one sync of advisories: reading, checking and packing them would block the API for minutes. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ReadCounts } from '#sensors';
import { openAdvisories } from './open-advisories.ts';
import { syncAdvisories } from './sync-advisories.ts';
import { sentError, type SyncMessage, type SyncOrder } from './sync-messages.ts';
import { recordedDocument, recordedStatements } from './vex-statements.ts';

/** Often enough for a person who watches. */
const PROGRESS_MS = 250;

// Started by advisory-intake.ts alone, with nothing else.
const order = workerData as SyncOrder;
tell(await sync());

async function sync(): Promise<SyncMessage> {
  try {
    const store = openAdvisories(order.directory);
    try {
      const summary = await syncAdvisories(store, {
        place: order.place,
        acceptFewer: order.acceptFewer,
        directory: order.directory,
        clock: () => order.now,
        // Who no longer wants it ends the thread; SQLite undoes what was not finished.
        signal: new AbortController().signal,
        progress: sparingly((counts) => tell({ kind: 'progress', counts })),
        document: (document, bytes) =>
          tell({
            kind: 'document',
            document: recordedDocument(document),
            statements: recordedStatements(document),
            bytes: new Uint8Array(bytes),
          }),
      });
      if (summary === null) return { kind: 'unchanged' };
      return { kind: 'done', counts: summary.counts, removed: summary.written.removed };
    } finally {
      store.close();
    }
  } catch (error) {
    return { kind: 'failed', error: sentError(error) };
  }
}

function sparingly(progress: (counts: ReadCounts) => void): (counts: ReadCounts) => void {
  let last = performance.now();
  return (counts) => {
    if (performance.now() - last < PROGRESS_MS) return;
    last = performance.now();
    progress(counts);
  };
}

function tell(message: SyncMessage): void {
  parentPort?.postMessage(message, []);
}
