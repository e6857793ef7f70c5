// What is asked for is there: noUncheckedIndexedAccess can't know the lengths of arrays that are made
// to measure. One function for each kind of array, because the engine compiles a function that meets
// them all to something three times slower.

export function realAt(array: Float64Array, index: number): number {
  return array[index] as number; // as above
}

export function indexAt(array: Int32Array, index: number): number {
  return array[index] as number; // as above
}

export function flagAt(array: Uint8Array, index: number): number {
  return array[index] as number; // as above
}

export function signAt(array: Int8Array, index: number): number {
  return array[index] as number; // as above
}

export function entryAt(array: readonly number[], index: number): number {
  return array[index] as number; // as above
}
