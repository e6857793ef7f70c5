import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { sqliteFailure, type FailureTranslator } from './failure.ts';

export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = readonly SqlValue[];

/** A prepared statement; rows are arrays of the selected columns. */
export interface Statement<Row extends SqlRow> {
  /** Returns how many rows were changed. */
  run(...values: readonly SqlValue[]): number;
  all(...values: readonly SqlValue[]): readonly Row[];
  get(...values: readonly SqlValue[]): Row | undefined;
}

/**
 * The only place that knows `node:sqlite`, whose classes are being renamed. Failures come out
 * translated (see {@link FailureTranslator}).
 */
export interface Database {
  execute(sql: string): void;
  prepare<Row extends SqlRow = SqlRow>(sql: string): Statement<Row>;
  /** All that `work` does or nothing; durable when it returns. */
  transaction<Result>(work: () => Result): Result;
  /** Undoes what was begun; nothing where SQLite did so itself, as it does on a full disk. */
  rollback(): void;
  /** Nothing where it is closed. */
  close(): void;
}

export interface DatabaseOptions {
  readonly path: string;
  /** How long to wait for a lock. */
  readonly timeoutMs: number;
  readonly translate: FailureTranslator;
}

export function openDatabase(options: DatabaseOptions): Database {
  const translated = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      throw options.translate(sqliteFailure(error), error);
    }
  };
  const sqlite = translated(() => new DatabaseSync(options.path, { timeout: options.timeoutMs }));
  const execute = (sql: string): void => translated(() => sqlite.exec(sql));
  const rollback = (): void => {
    if (sqlite.isTransaction) execute('ROLLBACK');
  };
  return {
    execute,
    prepare: (sql) =>
      wrapStatement(
        translated(() => sqlite.prepare(sql)),
        translated,
      ),
    transaction: (work) => {
      execute('BEGIN IMMEDIATE');
      try {
        const result = work();
        execute('COMMIT');
        return result;
      } catch (error) {
        rollback();
        throw error;
      }
    },
    rollback,
    close: () =>
      translated(() => {
        if (sqlite.isOpen) sqlite.close();
      }),
  };
}

type Translated = <Result>(work: () => Result) => Result;

function wrapStatement<Row extends SqlRow>(statement: StatementSync, translated: Translated): Statement<Row> {
  statement.setReturnArrays(true);
  return {
    run: (...values) => translated(() => Number(statement.run(...values).changes)),
    // Declared as objects, but arrays, as asked above; the column types are those of the STRICT tables.
    all: (...values) => translated((): unknown => statement.all(...values)) as readonly Row[],
    get: (...values) => translated((): unknown => statement.get(...values)) as Row | undefined,
  };
}
