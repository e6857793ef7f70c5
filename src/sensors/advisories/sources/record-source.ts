import { hash } from 'node:crypto';

/** What is read of a source, with the limits of what is foreign. */
export interface RecordSource {
  /** It has all that its publisher has: what is not in it any more is gone. */
  readonly complete: boolean;
  /** @throws SensorError when the source as a whole cannot be read (on) */
  batches(): AsyncIterable<readonly SourceRecord[]>;
}

export interface SourceRecord {
  /** Within the source: `GHSA-1.json`, `line 17`. */
  readonly place: string;
  /** Tells this record from every other and from its own past; 48 bits. */
  readonly stamp: number;
  /** Which advisory it is about, by its name alone; null: the name does not tell. */
  readonly named: string | null;
  /** Valid until the next batch. @throws RefusedRecord when this one cannot be read */
  bytes(): Uint8Array;
}

/** Why one record is not taken; the others are. */
export class RefusedRecord extends Error {}

export interface RecordLimits {
  /** Of one record. The largest that osv.dev publishes have some 5 MB. */
  readonly recordBytes: number;
  /** How many times its own size a source may be once it is unpacked. Records are packed to a tenth. */
  readonly expansion: number;
}

export const RECORD_LIMITS: RecordLimits = { recordBytes: 16_777_216, expansion: 200 };

/** Small sources may expand to this anyway. */
export const EXPANSION_MIN_BYTES = 67_108_864;

/** So many records at once, of sources that have each in a file of its own. */
const BATCH = 256;

/** The last batch may be empty. */
export function* inBatches(records: Iterable<SourceRecord>): Iterable<readonly SourceRecord[]> {
  let batch: SourceRecord[] = [];
  for (const record of records) {
    batch.push(record);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

export function stampOf(content: Uint8Array | string): number {
  // By far the fastest of Node's ways to hash something small; 48 bits of it.
  return Number.parseInt(hash('sha256', content, 'hex').slice(0, 12), 16);
}

/** `GHSA-1` of `advisories/2026/GHSA-1.json`; null for what is no JSON file. */
export function namedBy(path: string): string | null {
  return /([^/]+)\.json$/i.exec(path)?.[1] ?? null;
}

/** A name from outside, fit for a message. */
export function printable(name: string): string {
  // Control characters, so that a name cannot steer a terminal.
  const shown = name.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
  return shown.length > 200 ? `${shown.slice(0, 199)}…` : shown;
}

export function tooLarge(limits: RecordLimits): RefusedRecord {
  return new RefusedRecord(`is larger than ${Math.floor(limits.recordBytes / 1_048_576)} MB`);
}
