import type { CheckpointData } from '#model';
import { CHAIN_START, chainHash } from '../chain.ts';
import type { Head, Verification } from '../store.ts';
import { diagnose } from './diagnose.ts';
import { payloadHashOf, type RawRecord, type RecordTable } from './records.ts';

/** What a chain has to agree with, besides itself. */
export interface ChainPlan {
  /** Where the dense part begins: the end of what was dropped; position 0 when nothing was. */
  readonly start: Head;
  /** What the dropped part left behind, at positions up to `start`; null to begin behind `start`. */
  readonly checkpoint: CheckpointData | null;
  /** Hashes that stand elsewhere, oldest first: seals in the audit, a head that was noted. */
  readonly anchors: readonly Anchor[];
}

export interface Anchor extends Head {
  /** Who says so: `the seal of 2026-11-22 in audit record 7`. */
  readonly witness: string;
}

const PAGE_RECORDS = 1000;

/**
 * Walks a stream, recomputes its chain and yields what fits; returns the verdict. Memory is that of
 * one page.
 */
export function* checkChain(
  table: RecordTable,
  plan: ChainPlan,
): Generator<readonly RawRecord[], Verification> {
  const walk = new ChainWalk(plan);
  let after = plan.checkpoint === null ? plan.start.position : 0;
  for (;;) {
    const page = table.page(after, PAGE_RECORDS);
    const misfit = page.findIndex((record) => !walk.accept(record));
    if (misfit >= 0) {
      yield page.slice(0, misfit);
      return walk.problem ?? diagnose(table, walk.head);
    }
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_RECORDS) return walk.finish();
    after = last.position;
  }
}

class ChainWalk {
  readonly #plan: ChainPlan;
  #anchor = 0;
  #records = 0;
  #erased = 0;
  #carried: Head = { position: 0, hash: CHAIN_START };
  #carriedRecords = 0;
  head: Head;
  /** Set when the record that was not accepted is no case for a diagnosis. */
  problem: Verification | null = null;

  constructor(plan: ChainPlan) {
    this.#plan = plan;
    this.head = plan.start;
    const passed = plan.anchors.findIndex((anchor) => anchor.position >= plan.start.position);
    this.#anchor = passed < 0 ? plan.anchors.length : passed;
  }

  /** Whether the next record fits. */
  accept(record: RawRecord): boolean {
    const fits =
      record.position <= this.#plan.start.position ? this.#acceptCarried(record) : this.#acceptLinked(record);
    if (!fits) return false;
    this.#records += 1;
    if (record.payload === null) this.#erased += 1;
    return true;
  }

  finish(): Verification {
    if (!this.#checkpointFits() || !this.#anchorsFit()) return this.#broken();
    const anchor = this.#plan.anchors[this.#anchor];
    if (anchor !== undefined) {
      return failed(
        this.head.position + 1,
        'truncated',
        `The records end at ${this.head.position}, but ${anchor.witness} knows record ${anchor.position}.`,
      );
    }
    return { ok: true, head: this.head, records: this.#records, erased: this.#erased };
  }

  #acceptCarried(record: RawRecord): boolean {
    const hash = payloadHashOf(record);
    if (hash !== null && chainHash(this.#carried.hash, record.position, hash) === record.hash) {
      this.#carried = { position: record.position, hash: record.hash };
      this.#carriedRecords += 1;
      return true;
    }
    this.problem = failed(
      record.position,
      'edited',
      `Record ${record.position}, carried over from dropped days, was edited, or one between ${this.#carried.position} and it is missing.`,
    );
    return false;
  }

  #acceptLinked(record: RawRecord): boolean {
    if (!this.#checkpointFits() || !this.#anchorsFit()) return false;
    if (record.position !== this.head.position + 1) return false;
    const hash = payloadHashOf(record);
    if (hash === null || chainHash(this.head.hash, record.position, hash) !== record.hash) return false;
    this.head = { position: record.position, hash: record.hash };
    return this.#anchorsFit();
  }

  /** All that was carried over is there, once the walk is past it. */
  #checkpointFits(): boolean {
    const { checkpoint, start } = this.#plan;
    if (checkpoint === null) return true;
    if (this.#carriedRecords === checkpoint.records && this.#carried.hash === checkpoint.hash) return true;
    this.problem = failed(
      this.#carried.position + 1,
      this.#carriedRecords < checkpoint.records ? 'missing' : 'edited',
      `${this.#carriedRecords} records are carried over from the dropped ones up to ${start.position}; the audit says ${checkpoint.records}, with another hash.`,
    );
    return false;
  }

  /** The anchors at the current position agree. */
  #anchorsFit(): boolean {
    for (;;) {
      const anchor = this.#plan.anchors[this.#anchor];
      if (anchor === undefined || anchor.position > this.head.position) return true;
      if (anchor.hash !== this.head.hash) {
        this.problem = failed(
          anchor.position,
          'edited',
          `The chain up to ${anchor.position} was rewritten: it is not the one of ${anchor.witness}.`,
        );
        return false;
      }
      this.#anchor += 1;
    }
  }

  #broken(): Verification {
    return this.problem ?? failed(this.head.position, 'edited', `Record ${this.head.position} does not fit.`);
  }
}

type Problem = Extract<Verification, { readonly ok: false }>['problem'];

function failed(position: number, problem: Problem, explanation: string): Verification {
  return { ok: false, position, problem, explanation };
}
