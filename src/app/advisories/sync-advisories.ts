import { join } from 'node:path';
import { SheerError, type Clock } from '#model';
import { openSource, readRecords, type ReadCounts, type VexDocument } from '#sensors';
import type { AdvisoryStore, WriteSummary } from '#store';

export interface SyncOptions {
  /** URL, or a path on this machine. */
  readonly place: string;
  /** Also where it has lost more than half of what it had. */
  readonly acceptFewer: boolean;
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
 * @throws SensorError, StoreError; then the store is as it was
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
    refuseForeign(place, counts);
    if (opened.source.complete && !options.acceptFewer) refuseShrunk(place, before?.records ?? 0, counts);
    return { counts, written: writer.finish({ refused, problems, validator: opened.validator }) };
  } catch (error) {
    writer.abort();
    throw error;
  } finally {
    await opened.close();
  }
}

/** A file that was given by mistake. Where some are refused and others are not, those are told beside the result. */
function refuseForeign(place: string, { read, refused, problems }: ReadCounts): void {
  if (read === 0 || refused < read) return;
  const [first] = problems;
  throw new SheerError(
    'invalid-input',
    `nothing in ${place} is an OSV record or an OpenVEX document: ${first?.place} ${first?.problem}`,
    { next: 'Look at what is there, and sync again.', remedy: 'wait' },
  );
}

/** So many records, and a source is one that does not lose half of them by itself. */
const SHRINKS_BELOW = 100;

/**
 * A folder that is not mounted, or a broken export, is no reason to forget what was known: everything would
 * look unaffected. Publishers withdraw records one by one, and mostly leave them there.
 */
function refuseShrunk(place: string, known: number, { read }: ReadCounts): void {
  const isEmpty = read === 0;
  if (known === 0 || (!isEmpty && (known < SHRINKS_BELOW || read >= known / 2))) return;
  const holds = isEmpty ? 'holds no advisory any more' : `holds only ${read} advisories any more`;
  throw new SheerError('invalid-input', `${place} ${holds}; the ${known} that it had are kept.`, {
    next: `Look at what is there. If it is right: sheer advisories sync '${place}' --accept-fewer`,
    remedy: 'wait',
  });
}
