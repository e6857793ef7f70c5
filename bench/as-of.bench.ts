import {
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBConnection,
  DOUBLE,
  INTEGER,
  UINTEGER,
  version,
} from '@duckdb/node-api';

import { AddressIndex, NO_HOLDER } from '../src/graph/address-index.ts';
import type { BenchResult, Benchmark } from './benchmark.ts';
import { BEGIN, type GeneratedAddresses, SPAN_MS, generateAddresses, seeded } from './generated-addresses.ts';

const ADDRESSES = 65_536;
const INTERVALS = 1_000_000;
const QUESTIONS = 5_000_000;
const UPDATES_PER_SECOND = 1000;
const ROUNDS = 5;
/** Questions between two looks at the clock. */
const PART = 16_384;
const HOLDERS = new Int32Array(PART);
const PEER = 'DuckDB ASOF join, 1 thread, at rest';

interface Questions {
  readonly ipv4: Uint32Array;
  readonly at: Float64Array;
}

interface Count {
  readonly named: number;
  /** Sum of the holders: the check that two ways gave the same answers. */
  readonly sum: number;
}

interface Answer extends Count {
  readonly seconds: number;
}

/** @public loaded by name */
export const benchmark: Benchmark = {
  name: 'as-of',
  versions: async () => ({ duckdb: version() }),
  async run(): Promise<readonly BenchResult[]> {
    const generated = generateAddresses(ADDRESSES, INTERVALS);
    const questions = generateQuestions(generated);
    const atRest = median(Array.from({ length: ROUNDS }, () => ask(generated, questions, 0)));
    const oneByOne = median(Array.from({ length: ROUNDS }, () => askOneByOne(generated, questions)));
    const duckdb = await askDuckdb(generated, questions);
    for (const answer of [atRest, oneByOne]) {
      if (answer.named === duckdb.named && answer.sum === duckdb.sum) continue;
      throw new Error(`the answers differ: ${JSON.stringify({ answer, duckdb })}`);
    }
    const snapshot = timeSnapshot(generated);
    const updated = median(
      Array.from({ length: ROUNDS }, () => ask(generated, questions, UPDATES_PER_SECOND)),
    );
    const peer = { peer: PEER, peerValue: QUESTIONS / duckdb.seconds };
    const size = `${QUESTIONS} questions, ${ADDRESSES} addresses, ${INTERVALS} intervals, 1 thread; median of ${ROUNDS}`;
    return [
      {
        metric: 'as-of lookups, updates beside',
        value: QUESTIONS / updated.seconds,
        unit: 'lookups/s',
        bar: 8e6,
        ...peer,
        note: `${size}; ${UPDATES_PER_SECOND} updates/s`,
      },
      {
        metric: 'as-of lookups, at rest',
        value: QUESTIONS / atRest.seconds,
        unit: 'lookups/s',
        ...peer,
        note: size,
      },
      { metric: 'as-of lookups, one by one', value: QUESTIONS / oneByOne.seconds, unit: 'lookups/s' },
      { metric: 'snapshot of the index: load', value: snapshot.loadMs, unit: 'ms', higherIsBetter: false },
      { metric: 'snapshot of the index: size', value: snapshot.megabytes, unit: 'MB', higherIsBetter: false },
    ];
  },
};

function generateQuestions(generated: GeneratedAddresses): Questions {
  const random = seeded(2);
  const questions = { ipv4: new Uint32Array(QUESTIONS), at: new Float64Array(QUESTIONS) };
  for (let number = 0; number < QUESTIONS; number += 1) {
    questions.ipv4[number] = generated.addresses[Math.floor(random() * ADDRESSES)] ?? 0;
    questions.at[number] = BEGIN + Math.floor(random() * SPAN_MS);
  }
  return questions;
}

/**
 * All questions, in parts. With updates, after each part as many as are due by then: a holder leaves,
 * another comes.
 */
function ask(generated: GeneratedAddresses, questions: Questions, updatesPerSecond: number): Answer {
  const random = seeded(3);
  const started = performance.now();
  let updates = 0;
  let named = 0;
  let sum = 0;
  for (let from = 0; from < QUESTIONS; from += PART) {
    const part = askPart(generated, questions, from);
    named += part.named;
    sum += part.sum;
    const due = ((performance.now() - started) / 1000) * updatesPerSecond;
    for (; updates < due; updates += 1) update(generated, Math.floor(random() * ADDRESSES));
  }
  return { seconds: (performance.now() - started) / 1000, named, sum };
}

function askPart(generated: GeneratedAddresses, questions: Questions, from: number): Count {
  const ipv4 = questions.ipv4.subarray(from, from + PART);
  const at = questions.at.subarray(from, from + PART);
  const count = at.length;
  generated.index.duringEach4(0, { ipv4, from: at, to: at }, HOLDERS, count);
  let named = 0;
  let sum = 0;
  for (let number = 0; number < count; number += 1) {
    const holder = HOLDERS[number] as number; // as long as a part
    if (holder === NO_HOLDER) continue;
    named += 1;
    sum += holder;
  }
  return { named, sum };
}

function askOneByOne(generated: GeneratedAddresses, questions: Questions): Answer {
  const { index } = generated;
  const { ipv4, at } = questions;
  const started = performance.now();
  let named = 0;
  let sum = 0;
  for (let number = 0; number < QUESTIONS; number += 1) {
    // Both arrays are as long as there are questions.
    const holder = index.at(index.keyOf4(0, ipv4[number] as number), at[number] as number);
    if (holder === NO_HOLDER) continue;
    named += 1;
    sum += holder;
  }
  return { seconds: (performance.now() - started) / 1000, named, sum };
}

function update(generated: GeneratedAddresses, address: number): void {
  const { index } = generated;
  const key = index.keyOf4(0, generated.addresses[address] ?? 0);
  const last = index.intervals(key).at(-1);
  const now = Math.max(BEGIN + SPAN_MS, (last?.from ?? 0) + 1);
  if (last !== undefined) index.close(key, last.holder, now);
  index.open(key, now, INTERVALS + address);
}

function timeSnapshot(generated: GeneratedAddresses): { loadMs: number; megabytes: number } {
  const parts = generated.index.parts().map((part) => part.slice());
  const started = performance.now();
  const loaded = AddressIndex.fromParts(parts);
  const loadMs = performance.now() - started;
  if (loaded?.intervalCount() !== INTERVALS) throw new Error('the snapshot lost intervals');
  return { loadMs, megabytes: parts.reduce((sum, part) => sum + part.byteLength, 0) / 1e6 };
}

async function askDuckdb(generated: GeneratedAddresses, questions: Questions): Promise<Answer> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run('SET threads = 1');
  await connection.run('CREATE TABLE held (ip UINTEGER, since DOUBLE, until DOUBLE, holder INTEGER)');
  await connection.run('CREATE TABLE questions (ip UINTEGER, moment DOUBLE)');
  const { ip, from, until, holder } = generated;
  await fill(connection, 'held', {
    types: [UINTEGER, DOUBLE, DOUBLE, INTEGER],
    columns: [ip, from, until, holder],
  });
  await fill(connection, 'questions', { types: [UINTEGER, DOUBLE], columns: [questions.ipv4, questions.at] });
  const answers: Answer[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    const reader = await connection.runAndReadAll(
      `SELECT count(*)::DOUBLE, sum(held.holder)::DOUBLE FROM questions ASOF JOIN held
       ON questions.ip = held.ip AND questions.moment >= held.since WHERE questions.moment < held.until`,
    );
    const [named, sum] = reader.getRows()[0] ?? [];
    answers.push({ seconds: (performance.now() - started) / 1000, named: Number(named), sum: Number(sum) });
  }
  connection.closeSync();
  instance.closeSync();
  return median(answers);
}

async function fill(
  connection: DuckDBConnection,
  table: string,
  data: {
    readonly types: Parameters<typeof DuckDBDataChunk.create>[0];
    readonly columns: readonly (Uint32Array | Float64Array | Int32Array)[];
  },
): Promise<void> {
  const appender = await connection.createAppender(table);
  const rows = data.columns[0]?.length ?? 0;
  for (let row = 0; row < rows; row += 2048) {
    const chunk = DuckDBDataChunk.create(data.types, Math.min(2048, rows - row));
    chunk.setColumns(data.columns.map((column) => Array.from(column.subarray(row, row + 2048))));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function median(answers: readonly Answer[]): Answer {
  const sorted = answers.toSorted((left, right) => left.seconds - right.seconds);
  return sorted[sorted.length >> 1] ?? { seconds: Number.NaN, named: 0, sum: 0 };
}
