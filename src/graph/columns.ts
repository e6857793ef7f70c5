/** The typed arrays that columns are made of. */
export type Column = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** A column with room for `needed` values: itself, or a copy of at least twice the size. */
export function withRoom<C extends Column>(column: C, needed: number): C {
  if (needed <= column.length) return column;
  const length = Math.max(needed, column.length * 2, 64);
  // The constructor of a typed array makes the same kind again; the compiler can't see that.
  const grown = new (column.constructor as new (length: number) => C)(length);
  grown.set(column);
  return grown;
}

/** The used part of a column as bytes, without copying. */
export function bytesOf(column: Column, used: number): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, used * column.BYTES_PER_ELEMENT);
}

/** What makes a kind of column. */
export type ColumnConstructor<C extends Column> = {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): C;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): C;
};

/** The bytes that {@link bytesOf} gave as a column again: they become the column's, unless they lie unaligned. */
export function columnFrom<C extends Column>(kind: ColumnConstructor<C>, bytes: Uint8Array): C {
  const aligned = bytes.byteOffset % kind.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new kind(aligned.buffer, aligned.byteOffset, aligned.byteLength / kind.BYTES_PER_ELEMENT);
}

/**
 * A column of its own, with a quarter to spare, from bytes that may lie unaligned; null when they are
 * not whole groups of `group` elements.
 */
export function columnOf<C extends Column>(
  kind: ColumnConstructor<C>,
  bytes: Uint8Array,
  group: number,
): C | null {
  const length = bytes.byteLength / kind.BYTES_PER_ELEMENT;
  if (length % group !== 0) return null;
  const column = new kind(length + (length >> 2));
  new Uint8Array(column.buffer).set(bytes);
  return column;
}
