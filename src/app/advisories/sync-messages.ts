import type { IntakeDocument } from '#loops/patch';
import { SheerError, type Clock, type ErrorCode, type Remedy } from '#model';
import type { ReadCounts } from '#sensors';
import type { RecordedStatement } from './vex-statements.ts';

/** What the thread of a sync is started with. */
export interface SyncOrder {
  readonly place: string;
  readonly acceptFewer: boolean;
  /** Of the advisories. */
  readonly directory: string;
  readonly now: ReturnType<Clock>;
}

/** What it tells, in this order; one of the last three ends it. */
export type SyncMessage =
  | {
      readonly kind: 'document';
      readonly document: IntakeDocument;
      readonly statements: readonly RecordedStatement[];
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'progress'; readonly counts: ReadCounts }
  | { readonly kind: 'done'; readonly counts: ReadCounts; readonly removed: number }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly error: SentError };

/** An error on its way from one thread to another. */
export interface SentError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: string | null;
  readonly remedy: Remedy;
  readonly detail: readonly string[];
}

export function sentError(error: unknown): SentError {
  if (error instanceof SheerError) {
    const { code, message, next, remedy, detail } = error;
    return { code, message, next, remedy, detail };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', message, next: null, remedy: 'stalled', detail: [] };
}

export function receivedError({ code, message, next, remedy, detail }: SentError): SheerError {
  return new SheerError(code, message, { remedy, detail, ...(next === null ? {} : { next }) });
}
