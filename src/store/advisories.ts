import type { Advisory, Instant } from '#model';

/**
 * Every advisory of every source, with its raw record. It is derived: whoever deletes it syncs again.
 * One writes at a time; others, in other threads too, go on reading what was there until `finish`.
 * Every implementation runs `advisories.conformance.ts`.
 *
 * Sources may have the same id; then the record that was modified last counts, as the OSV schema says,
 * and of equal ones the first source's.
 */
export interface AdvisoryStore {
  /** Every record whose id, alias or upstream id it is, in any case. */
  byId(id: string): readonly StoredAdvisory[];

  /** Every record about one of the packages; names may be folded (case, `-_.`), so compare them yourself. */
  forPackages(packages: Iterable<PackageKey>): Iterable<readonly StoredAdvisory[]>;

  /** Ids that were added, changed or removed after that generation, with what is there now. 0: all. */
  changedSince(generation: number): Iterable<readonly AdvisoryChange[]>;

  /** The record as its source has it. */
  raw(id: string): Uint8Array | null;

  /** Grows with every finished write that changed something; 0: nothing was ever written. */
  generation(): number;

  sources(): readonly AdvisorySource[];
  write(options: WriteOptions): AdvisoryWriter;
  close(): void;
}

export interface StoredAdvisory {
  readonly source: string;
  readonly advisory: Advisory;
}

export interface PackageKey {
  /** Without release: `Debian`. */
  readonly ecosystem: string;
  readonly name: string;
}

export interface AdvisoryChange {
  readonly id: string;
  /** Null: no source has it any more. */
  readonly now: StoredAdvisory | null;
}

export interface AdvisorySource {
  /** URL or path. */
  readonly id: string;
  readonly records: number;
  readonly withdrawn: number;
  /** Name without release → how many records speak of it. */
  readonly ecosystems: Readonly<Record<string, number>>;
  /** `modified` of its newest record. */
  readonly modifiedUntil: Instant | null;
  readonly syncedAt: Instant;
  /** Records of the last sync that could not be read; the first of them. */
  readonly refused: number;
  readonly problems: readonly SourceProblem[];
  /** What the source was recognised by, to see that it is unchanged; whoever reads it gives it a meaning. */
  readonly validator: string | null;
}

export interface SourceProblem {
  readonly place: string;
  readonly problem: string;
}

export interface WriteOptions {
  readonly source: string;
  readonly now: Instant;
  /** It brings all that the source has, so what it does not bring is removed; else only additions and changes. */
  readonly complete: boolean;
}

/** All of it or nothing, also when the process is killed: what was put is there once `finish` returns. */
export interface AdvisoryWriter {
  /** Whether exactly this record is there already, and then it stays: it need not be put. */
  isKnown(stamp: number): boolean;
  put(record: NewAdvisory): PutResult;
  /** The record of this id stays as it is, as its successor can't be read. */
  keep(id: string): void;
  finish(result: WriteResult): WriteSummary;
  /** Nothing was put. */
  abort(): void;
}

export interface NewAdvisory {
  /** What tells this record from every other and from its own past; an integer of up to 53 bits. */
  readonly stamp: number;
  readonly raw: Uint8Array;
  readonly advisory: Advisory;
}

/** `same`: it is there, byte by byte, under another stamp. `older`: what is there was modified later. */
export type PutResult = 'added' | 'changed' | 'same' | 'older';

export type WriteResult = Pick<AdvisorySource, 'refused' | 'problems' | 'validator'>;

export interface WriteSummary {
  readonly generation: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** The id stood in the source more than once; the one that was modified last counts. */
  readonly duplicates: number;
}
