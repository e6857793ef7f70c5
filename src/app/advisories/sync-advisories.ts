import { join } from 'node:path';
import type { Clock } from '#model';
import { openSource, readRecords, type ReadCounts, type VexDocument } from '#sensors';
import type { AdvisoryStore, WriteSummary } from '#store';

export interface SyncOptions {
  /** URL, or a path on this machine. */
  readonly place: string;
  /** Where downloads lie while they last. */
  readonly directory: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  progress(counts: ReadCounts): void | Promise<void>;
  document(document: VexDocument, bytes: Uint8Array): void;
}

export interface SyncSummary {
  readonly counts: ReadCounts;
  readonly written: WriteSummary;
}

/**
 * Reads a place into the store, all or nothing. Null: its server says that nothing changed.
 *
 * @throws AdvisoriesError, StoreError; then the store is as it was
 */
export async function syncAdvisories(
  store: AdvisoryStore,
  options: SyncOptions,
): Promise<SyncSummary | null> {
  const { place, clock, signal } = options;
  const before = store.sources().find((source) => source.id === place);
  const opened = await openSource(place, {
    directory: join(options.directory, 'downloads'),
    validator: before?.validator ?? null,
    signal,
  });
  if (opened === null) return null;
  const writer = store.write({ source: place, now: clock(), complete: opened.source.complete });
  try {
    const counts = await readRecords(opened.source, writer, options);
    const { refused, problems } = counts;
    return { counts, written: writer.finish({ refused, problems, validator: opened.validator }) };
  } catch (error) {
    writer.abort();
    throw error;
  } finally {
    await opened.close();
  }
}
