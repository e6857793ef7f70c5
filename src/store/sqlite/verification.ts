import type { Fact, SegmentData } from '#model';
import { CHAIN_START } from '../chain.ts';
import { StoreError } from '../store-error.ts';
import type { Head, StreamName, Verification } from '../store.ts';
import { checkChain, type Anchor, type ChainPlan } from './check-chain.ts';
import type { RawRecord, RecordTable } from './records.ts';
import type { Streams } from './streams.ts';

/** Everything that a segment's fact has in its payload, and nothing else can have. */
const SEGMENT_MARK = '"subject":{"kind":"segment",';

/** Recomputes a stream's chain, against the audit's seals and a head that was noted elsewhere. */
export function verifyStream(streams: Streams, stream: StreamName, expected?: Head): Verification {
  const plan = chainPlan(streams, stream);
  const isEmpty = expected === undefined || expected.position === 0;
  if (!isEmpty && expected.position < plan.start.position) return droppedHead(expected, plan.start);
  const noted = isEmpty ? [] : [{ ...expected, witness: 'the head that was noted' }];
  const anchors = [...plan.anchors, ...noted].toSorted((left, right) => left.position - right.position);
  const pages = checkChain(streams.tables[stream], { ...plan, anchors });
  for (let page = pages.next(); ; page = pages.next()) {
    if (page.done === true) return page.value;
  }
}

/**
 * What the chain of a stream has to agree with. It comes from the audit alone, so that no edit of
 * the segments' own table can hide anything.
 */
export function chainPlan(streams: Streams, stream: StreamName): ChainPlan {
  const start = { position: 0, hash: CHAIN_START };
  if (stream === 'audit') return { start, checkpoint: null, anchors: [] };
  const anchors: Anchor[] = [];
  let plan: ChainPlan = { start, checkpoint: null, anchors };
  for (const { position, data } of segmentFacts(streams.tables.audit)) {
    const end = { position: data.lastPosition, hash: data.hash };
    anchors.push({
      ...end,
      witness: `the ${data.state === 'sealed' ? 'seal' : 'drop'} of ${data.day}, audit record ${position}`,
    });
    if (data.checkpoint !== null) plan = { start: end, checkpoint: data.checkpoint, anchors };
  }
  anchors.sort((left, right) => left.position - right.position);
  return plan;
}

/** The failed verification as an error, for who needs a chain that fits. */
export function brokenChain(stream: StreamName, failed: Extract<Verification, { ok: false }>): StoreError {
  return new StoreError(
    'record-broken',
    `The ${stream} do not verify from record ${failed.position} on: ${failed.explanation}`,
    { next: 'See all of it with `sheer audit verify`; put the state directory back from a backup.' },
  );
}

function* segmentFacts(audit: RecordTable): Generator<{ position: number; data: SegmentData }> {
  for (const record of audit.containing(SEGMENT_MARK)) {
    const fact = readable(audit, record);
    // The subject kind says which data it is.
    if (fact?.kind === 'assert') yield { position: record.position, data: fact.data as SegmentData };
  }
}

/** Null for one that was tampered with: the audit's own verification names it. */
function readable(audit: RecordTable, record: RawRecord): Fact | null {
  try {
    return audit.fact(record);
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

function droppedHead(expected: Head, start: Head): Verification {
  return {
    ok: false,
    position: expected.position,
    problem: 'missing',
    explanation: `Record ${expected.position} was dropped with the days up to record ${start.position}; a head noted before that cannot be compared.`,
  };
}
