import type { Fact, Instant, NewFact, StoredFact } from '#model';

/** The two durable streams: who decided what, and what was seen. */
export type StreamName = 'audit' | 'observations';

/** Where a stream ends. */
export interface Head {
  /** Position of the last record; 0 when there is none. */
  readonly position: number;
  /** Hex SHA-256 over the chain up to and including that position; 64 zeros when there is none. */
  readonly hash: string;
}

/**
 * Durable truth: two append-only streams of facts. Every index and snapshot is derived from them
 * and may be deleted (invariant 1).
 *
 * Both are hash-chained over payload *hashes*: `hash(n) = SHA-256(hash(n-1) ‖ position ‖ SHA-256(payload))`,
 * so that a payload can be erased while the chain still verifies (invariant 11). Observations lie
 * in daily segments (UTC days of `recordedAt`); sealing one writes its hash to the audit.
 *
 * Positions are of one stream, dense, from 1. Every implementation runs `store.conformance.ts`.
 */
export interface Store {
  /**
   * Appends all facts or none, durably, on the expected head.
   * @throws StoreError `record-broken`: `expected` is no longer the head.
   * @throws StoreError `state-unusable`: disk full, read-only, I/O error; nothing was appended.
   */
  append(stream: StreamName, facts: readonly NewFact[], expected: number): Head;

  head(stream: StreamName): Head;

  /**
   * Facts after `position`, in order, in batches; erased ones are left out. At most `limit` records
   * altogether. What was dropped but still held comes first, with its own old positions.
   */
  read(stream: StreamName, after: number, limit?: number): Iterable<readonly Fact[]>;

  /**
   * Like {@link read}, and recomputes the chain on the way.
   * @throws StoreError `record-broken` at the first record that does not fit.
   */
  replay(stream: StreamName, after: number): Iterable<readonly Fact[]>;

  /** {@link replay} for a fold: the data of asserts is left as the text that it is stored as. */
  replayStored(stream: StreamName, after: number): Iterable<readonly StoredFact[]>;

  /** What is stored, for an export that others can verify: see `chain.ts` for the bytes. */
  records(stream: StreamName, after: number): Iterable<readonly StoredRecord[]>;

  /** Called after each append with the new facts; returns how to stop. */
  watch(listener: (stream: StreamName, facts: readonly Fact[]) => void): () => void;

  /**
   * Seals the observation segments of days before `today` that are not sealed yet: an audit fact
   * each, with the segment's range and hash. Idempotent.
   */
  seal(now: Instant): readonly Segment[];
  segments(): readonly Segment[];

  /** Removes sealed segments whose day ended before `before`. Their hashes stay in the audit. */
  dropSegments(before: Instant): readonly Segment[];

  /** Recomputes the chain. Names the first record that was edited, dropped or reordered. */
  verify(stream: StreamName, expectedHead?: Head): Verification;

  /** Replaces a payload by nothing; its hash stays, so the chain still verifies. */
  erase(stream: StreamName, position: number): void;

  readonly snapshots: SnapshotStore;
  readonly measurements: MeasurementStore;
  readonly content: ContentStore;

  close(): void;
}

/** A record as it lies in a stream. */
export interface StoredRecord {
  readonly position: number;
  /** The fact as JSON without its position; null when it was erased. */
  readonly payload: string | null;
  /** Hex SHA-256 of the payload, also of an erased one. */
  readonly payloadHash: string;
  /** Hex; the chain's hash up to and including this record. */
  readonly hash: string;
}

export interface Segment {
  /** UTC day, `2026-11-22`. */
  readonly day: string;
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly hash: string;
  readonly sealed: boolean;
}

export type Verification =
  | { readonly ok: true; readonly head: Head; readonly records: number; readonly erased: number }
  | {
      readonly ok: false;
      /** The first position that does not fit. */
      readonly position: number;
      readonly problem: 'edited' | 'missing' | 'reordered' | 'truncated';
      readonly explanation: string;
    };

/** The newest state of something derived; deleting it costs a replay, nothing else. */
export interface SnapshotStore {
  /** Parts are written as they are, checksummed, and atomically replace the earlier snapshot. */
  write(name: string, snapshot: Snapshot): void;
  /**
   * The same in the background, where others get their turn every few milliseconds; the parts must not
   * change until it is done. What is written under the name meanwhile wins, and an erased record ends it.
   * @throws StoreError as promise; what was there before is untouched.
   */
  writeInBackground(name: string, snapshot: Snapshot): Promise<void>;
  /**
   * Null when there is none, or when it is torn, of another version than `version`, or taken at
   * heads that the streams do not have (any more). Each part is memory of its own, the reader's to keep.
   */
  read(name: string, version?: number): Snapshot | null;
}

export interface Snapshot {
  /** Bumped when the format changes: an old snapshot is then as good as none. */
  readonly version: number;
  /** The heads that it was taken at. */
  readonly positions: Readonly<Record<StreamName, number>>;
  readonly parts: readonly Uint8Array[];
}

/** Per-minute rows of high-rate data, with raw scoped addresses *and* instance ids. */
export interface MeasurementStore {
  /**
   * Adds to the rows with the same key (see {@link FlowRow}) and, for an import, keeps how far it
   * got; all or nothing, so that an import that is killed neither loses nor doubles a line.
   */
  addFlows(rows: readonly FlowRow[], progress?: ImportProgress): void;
  importProgress(id: string): ImportProgress | null;
  /** Rows of minutes in `[from, until)`, oldest first, in batches. */
  flows(from: Instant, until: Instant): Iterable<readonly FlowRow[]>;
  /**
   * Drops the rows of minutes before, and how far imports got that went no further since: none of their
   * rows is left, so that nothing is doubled if they are begun anew.
   *
   * @returns how many rows
   */
  dropFlows(before: Instant): number;
}

/** How far a flow log has been imported. */
export interface ImportProgress {
  readonly id: string;
  /** Bytes of the file that are done. */
  readonly offset: number;
  /** The reader's own state, JSON. */
  readonly state: string;
}

/** Everything but the last five fields is the key. */
export interface FlowRow {
  /** Start of the minute. */
  readonly minute: Instant;
  /** `tcp`, `conntrack`, `import:<digest>` */
  readonly source: string;
  readonly protocol: string;
  readonly clientScope: string;
  readonly clientIp: string;
  /** Instance id, external name, or empty. */
  readonly client: string;
  readonly serverScope: string;
  readonly serverIp: string;
  readonly serverPort: number;
  readonly server: string;
  readonly verdict: string;
  readonly connections: number;
  /** Null: not measured. */
  readonly bytes: number | null;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Why an end has no name: `client:reason`, `server:reason`; empty when both have one. */
  readonly unknown: string;
}

/** Large content by digest, in files beside the database. */
export interface ContentStore {
  /** Returns `sha256:…`. Writing the same twice is one file. */
  put(bytes: Uint8Array): string;
  /** Null when it is not there; throws StoreError `record-broken` when its digest is wrong. */
  get(digest: string): Uint8Array | null;
}
