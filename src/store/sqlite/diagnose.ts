import { chainHash, isHash } from '../chain.ts';
import type { Head, Verification } from '../store.ts';
import { payloadHashOf, type RawRecord, type RecordTable } from './records.ts';

const PAGE_RECORDS = 1000;
const SHIFT_MAX = 10_000;

/** What happened to the record behind `head`, which does not fit. Reads the rest of the stream. */
export function diagnose(table: RecordTable, head: Head): Verification {
  const position = head.position + 1;
  const [record, next] = table.page(head.position, 2);
  if (record === undefined || record.position > position) {
    const last = (record?.position ?? position + 1) - 1;
    return { ok: false, position, problem: 'missing', explanation: `${range(position, last)} missing.` };
  }
  const elsewhere = findContent(table, head, record);
  if (elsewhere !== null) {
    const explanation = `What belongs to record ${position} stands in record ${elsewhere}.`;
    return { ok: false, position, problem: 'reordered', explanation };
  }
  const shift = next === undefined ? null : findShift(record, next);
  if (shift !== null) {
    const explanation = `${range(position, position + shift - 1)} missing, and those behind were moved up.`;
    return { ok: false, position, problem: 'missing', explanation };
  }
  return { ok: false, position, problem: 'edited', explanation: `Record ${position} was edited.` };
}

/** Where the content of the record behind `head` stands now. */
function findContent(table: RecordTable, head: Head, misfit: RawRecord): number | null {
  const position = head.position + 1;
  for (let after = position; ;) {
    const page = table.page(after, PAGE_RECORDS);
    for (const record of page) {
      const hash = payloadHashOf(record);
      if (hash === null) continue;
      const fitting = chainHash(head.hash, position, hash);
      if (fitting === misfit.hash || fitting === record.hash) return record.position;
    }
    const last = page.at(-1);
    if (last === undefined) return null;
    after = last.position;
  }
}

/** By how many positions two neighbours were moved up: their own link still fits the old ones. */
function findShift(record: RawRecord, next: RawRecord): number | null {
  const hash = payloadHashOf(next);
  if (hash === null || !isHash(record.hash)) return null;
  for (let shift = 1; shift <= SHIFT_MAX; shift++) {
    if (chainHash(record.hash, next.position + shift, hash) === next.hash) return shift;
  }
  return null;
}

function range(first: number, last: number): string {
  return first === last ? `Record ${first} is` : `Records ${first} to ${last} are`;
}
