/**
 * Typed arrays with spare room. Growing doubles, so that appending stays linear over all; what is
 * beyond the used part is zero.
 */
export function grown<T extends Uint32Array | Int32Array | Float64Array>(column: T, needed: number): T {
  if (needed <= column.length) return column;
  const constructor = column.constructor as new (length: number) => T; // lib.d.ts types it as Function
  const larger = new constructor(Math.max(needed, column.length * 2, 16));
  larger.set(column);
  return larger;
}

/** The used part as bytes, without copying. */
export function bytesOf(column: Uint32Array | Int32Array | Float64Array, used: number): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, used * column.BYTES_PER_ELEMENT);
}

/**
 * A column of its own, with a quarter to spare, from bytes that may lie unaligned; null when they are
 * not whole groups of `group` elements.
 */
export function columnOf<T extends Uint32Array | Int32Array | Float64Array>(
  constructor: { new (length: number): T; readonly BYTES_PER_ELEMENT: number },
  bytes: Uint8Array,
  group: number,
): T | null {
  const length = bytes.byteLength / constructor.BYTES_PER_ELEMENT;
  if (length % group !== 0) return null;
  const column = new constructor(length + (length >> 2));
  new Uint8Array(column.buffer).set(bytes);
  return column;
}
