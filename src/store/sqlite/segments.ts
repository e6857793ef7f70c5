import type { Instant } from '#model';
import { dayEnd, utcDay } from '../day.ts';
import type { Head, Segment } from '../store.ts';
import type { Database, Statement } from './database.ts';

/** The segment that the next observation falls into, or follows. */
export interface NewestSegment {
  readonly day: string;
  /** When the day is over. */
  readonly end: Instant;
  /** Nothing may be added: it is sealed. */
  readonly closed: boolean;
}

export interface SegmentRow {
  readonly day: string;
  readonly firstPosition: number;
  readonly lastPosition: number | null;
  readonly hash: string | null;
  /** Position in the audit. */
  readonly seal: number | null;
  readonly dropped: number | null;
}

type Columns = readonly [string, number, number | null, string | null, number | null, number | null];

/**
 * Days as runs of positions. An observation never goes to an earlier day than the one before it, nor
 * to a sealed one: when the clock steps back, it stays in (or, behind a seal, goes to the day after)
 * the newest segment, whatever its `recordedAt` says. So segments stay contiguous.
 */
export class SegmentTable {
  readonly #begin: Statement<Columns>;
  readonly #close: Statement<Columns>;
  readonly #seal: Statement<Columns>;
  readonly #drop: Statement<Columns>;
  readonly #forget: Statement<Columns>;
  readonly #all: Statement<Columns>;

  constructor(database: Database) {
    this.#begin = database.prepare('INSERT INTO segments (day, first_position) VALUES (?, ?)');
    this.#close = database.prepare('UPDATE segments SET last_position = ?, hash = ? WHERE day = ?');
    this.#seal = database.prepare('UPDATE segments SET seal = ? WHERE day = ?');
    this.#drop = database.prepare('UPDATE segments SET dropped = ? WHERE day = ?');
    this.#forget = database.prepare('DELETE FROM segments WHERE day < ?');
    this.#all = database.prepare(
      'SELECT day, first_position, last_position, hash, seal, dropped FROM segments ORDER BY first_position',
    );
  }

  /** Which segment an observation behind `head` belongs to; begins it where it is a new one. */
  place(newest: NewestSegment | null, recordedAt: Instant, head: Head): NewestSegment {
    if (newest !== null && !newest.closed && recordedAt < newest.end) return newest;
    const day = utcDay(Math.max(recordedAt, newest?.end ?? recordedAt));
    if (newest !== null && !newest.closed) this.close(newest.day, head);
    this.#begin.run(day, head.position + 1);
    return { day, end: dayEnd(day), closed: false };
  }

  close(day: string, head: Head): void {
    this.#close.run(head.position, head.hash, day);
  }

  seal(day: string, auditPosition: number): void {
    this.#seal.run(auditPosition, day);
  }

  /** Keeps the last dropped one as the start of what is retained. */
  drop(day: string, auditPosition: number): void {
    this.#drop.run(auditPosition, day);
    this.#forget.run(day);
  }

  rows(): readonly SegmentRow[] {
    return this.#all.all().map(([day, firstPosition, lastPosition, hash, seal, dropped]) => ({
      day,
      firstPosition,
      lastPosition,
      hash,
      seal,
      dropped,
    }));
  }

  newest(): NewestSegment | null {
    const row = this.rows().at(-1);
    if (row === undefined) return null;
    return { day: row.day, end: dayEnd(row.day), closed: row.lastPosition !== null };
  }
}

/** As the contract shows it; the newest one ends at the head. */
export function toSegment(row: SegmentRow, head: Head): Segment {
  return {
    day: row.day,
    firstPosition: row.firstPosition,
    lastPosition: row.lastPosition ?? head.position,
    hash: row.hash ?? head.hash,
    sealed: row.seal !== null,
  };
}
