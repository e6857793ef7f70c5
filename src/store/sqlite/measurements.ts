import type { Clock, Instant } from '#model';
import { flowKey, type FlowKey } from '../flow-key.ts';
import type { FlowRow, ImportProgress, MeasurementStore } from '../store.ts';
import type { Database, SqlValue, Statement } from './database.ts';

const KEY_COLUMNS =
  'minute, source, protocol, client_scope, client_ip, client, server_scope, server_ip, server_port, server, verdict';
const COLUMNS = `${KEY_COLUMNS}, connections, bytes, first_at, last_at, unknown`;
const COLUMN_COUNT = 16;
const KEY_COUNT = 11;
const PAGE_ROWS = 1000;

type Columns = readonly [
  ...FlowKey,
  connections: number,
  bytes: number | null,
  firstAt: Instant,
  lastAt: Instant,
  unknown: string,
];

/** Flow rows in the state database. */
export class SqliteMeasurements implements MeasurementStore {
  readonly #transaction: (work: () => void) => void;
  readonly #add: Statement<Columns>;
  readonly #first: Statement<Columns>;
  readonly #next: Statement<Columns>;
  readonly #drop: Statement<Columns>;
  readonly #clock: Clock;
  readonly #putProgress: Statement<readonly [string, number, string]>;
  readonly #dropProgress: Statement<readonly [string, number, string]>;
  readonly #progress: Statement<readonly [string, number, string]>;

  constructor(database: Database, clock: Clock, transaction: (work: () => void) => void) {
    this.#clock = clock;
    this.#transaction = transaction;
    this.#add = database.prepare(`
      INSERT INTO flows (${COLUMNS}) VALUES (${parameters(COLUMN_COUNT)})
      ON CONFLICT DO UPDATE SET
        connections = connections + excluded.connections,
        bytes = CASE WHEN bytes IS NULL THEN excluded.bytes
                     WHEN excluded.bytes IS NULL THEN bytes
                     ELSE bytes + excluded.bytes END,
        first_at = min(first_at, excluded.first_at),
        last_at = max(last_at, excluded.last_at),
        unknown = excluded.unknown`);
    const select = `SELECT ${COLUMNS} FROM flows WHERE`;
    const order = `AND minute < ? ORDER BY ${KEY_COLUMNS} LIMIT ${PAGE_ROWS}`;
    this.#first = database.prepare(`${select} minute >= ? ${order}`);
    this.#next = database.prepare(`${select} (${KEY_COLUMNS}) > (${parameters(KEY_COUNT)}) ${order}`);
    this.#drop = database.prepare('DELETE FROM flows WHERE minute < ?');
    this.#putProgress = database.prepare(
      'INSERT INTO imports (id, bytes_done, state, changed_at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET ' +
        'bytes_done = excluded.bytes_done, state = excluded.state, changed_at = excluded.changed_at',
    );
    this.#dropProgress = database.prepare('DELETE FROM imports WHERE changed_at < ?');
    this.#progress = database.prepare('SELECT id, bytes_done, state FROM imports WHERE id = ?');
  }

  addFlows(rows: readonly FlowRow[], progress?: ImportProgress): void {
    this.#transaction(() => {
      for (const row of rows) this.#add.run(...flowKey(row), ...valuesOf(row));
      if (progress !== undefined)
        this.#putProgress.run(progress.id, progress.offset, progress.state, this.#clock());
    });
  }

  importProgress(id: string): ImportProgress | null {
    const row = this.#progress.get(id);
    return row === undefined ? null : { id: row[0], offset: row[1], state: row[2] };
  }

  /** Pages by key, so that no cursor stays open and memory is one page's. */
  *flows(from: Instant, until: Instant): Iterable<readonly FlowRow[]> {
    let page = this.#first.all(from, until).map(toRow);
    for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
      yield page;
      if (page.length < PAGE_ROWS) return;
      page = this.#next.all(...flowKey(last), until).map(toRow);
    }
  }

  dropFlows(before: Instant): number {
    let dropped = 0;
    this.#transaction(() => {
      dropped = this.#drop.run(before);
      this.#dropProgress.run(before);
    });
    return dropped;
  }
}

function parameters(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}

function valuesOf(row: FlowRow): readonly SqlValue[] {
  return [row.connections, row.bytes, row.firstAt, row.lastAt, row.unknown];
}

function toRow(columns: Columns): FlowRow {
  const [
    minute,
    source,
    protocol,
    clientScope,
    clientIp,
    client,
    serverScope,
    serverIp,
    serverPort,
    server,
    verdict,
    connections,
    bytes,
    firstAt,
    lastAt,
    unknown,
  ] = columns;
  return {
    minute,
    source,
    protocol,
    clientScope,
    clientIp,
    client,
    serverScope,
    serverIp,
    serverPort,
    server,
    verdict,
    connections,
    bytes,
    firstAt,
    lastAt,
    unknown,
  };
}
