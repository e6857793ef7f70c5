import { readFileSync, writeSync } from 'node:fs';
import type { LiveAnswer, LiveRequest } from '../live/live-request.ts';
import { isAbsent, RootDirectory } from '../live/root-directory.ts';
import { RootPacker } from '../live/root-packer.ts';

// Reads files of a live root file system for the confined helper: a request on standard input, a tar
// archive on standard output, what happened on standard error. A process of its own, because a file
// system below that hangs hangs only this one, which is then killed.
const OUTPUT = 1;
const ERRORS = 2;
/** Our own request, checked where it was made. */
const request = JSON.parse(readFileSync(0, 'utf8')) as LiveRequest;
writeSync(ERRORS, `${JSON.stringify(read())}\n`);

function read(): LiveAnswer {
  let root: RootDirectory;
  try {
    root = new RootDirectory(`/proc/${request.pid}/root`);
  } catch (error) {
    if (isAbsent(error)) return { kind: 'gone' };
    return { kind: 'refused', reason: error instanceof Error ? error.message : 'unknown' };
  }
  try {
    // Looked at after the root was opened: from now on it is that process's, whatever becomes of the number.
    if (!isSameProcess()) return { kind: 'gone' };
    return new RootPacker(root, request.limits, writeAll).pack(request.wanted);
  } finally {
    root.close();
  }
}

function isSameProcess(): boolean {
  if (request.startTicks === null) return true;
  try {
    const stat = readFileSync(`/proc/${request.pid}/stat`, 'utf8');
    // The name before may hold blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[19]) === request.startTicks;
  } catch {
    return false;
  }
}

function writeAll(bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSome(bytes, done);
}

function writeSome(bytes: Buffer, from: number): number {
  try {
    return writeSync(OUTPUT, bytes, from);
  } catch (error) {
    // A pipe that does not wait, and is full: waited for.
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return 0;
  }
}
