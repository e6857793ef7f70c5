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

type ColumnConstructor<C extends Column> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): C;
};

/** A column made from the bytes that {@link bytesOf} gave; copies them, so alignment doesn't matter. */
export function columnFrom<C extends Column>(kind: ColumnConstructor<C>, bytes: Uint8Array): C {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return new kind(copy);
}
