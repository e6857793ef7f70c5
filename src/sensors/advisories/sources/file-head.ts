import { closeSync, constants, openSync, readSync } from 'node:fs';

/** The first bytes of a file; fewer where it is shorter. */
export function readHead(path: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  // Not waiting for the other end, should it turn out to be a FIFO.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}
