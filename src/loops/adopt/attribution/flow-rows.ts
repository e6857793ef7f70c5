import { flowKey, type FlowRow } from '#store';

/** Rows that wait to be written, added up by key, so that ten thousand connections a second cost a few rows. */
export class FlowRows {
  readonly #rows = new Map<string, FlowRow>();

  get size(): number {
    return this.#rows.size;
  }

  add(row: FlowRow): void {
    const key = flowKey(row).join('|');
    const known = this.#rows.get(key);
    this.#rows.set(key, known === undefined ? row : sum(known, row));
  }

  /** All rows; the book is empty afterwards. */
  take(): readonly FlowRow[] {
    const rows = [...this.#rows.values()];
    this.#rows.clear();
    return rows;
  }
}

function sum(left: FlowRow, right: FlowRow): FlowRow {
  return {
    ...left,
    connections: left.connections + right.connections,
    bytes: left.bytes === null && right.bytes === null ? null : (left.bytes ?? 0) + (right.bytes ?? 0),
    firstAt: Math.min(left.firstAt, right.firstAt),
    lastAt: Math.max(left.lastAt, right.lastAt),
  };
}
