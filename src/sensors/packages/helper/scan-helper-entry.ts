import { SheerError } from '#model';
import { scanLayer } from '../layers/scan-layer.ts';
import { dropPrivileges, readAll, sayAndEnd } from './confine.ts';
import type { HelperAnswer } from './helper-answer.ts';

// The confined helper: a layer or a list on standard input, what is in it as JSON on standard output.
const readList = process.argv[2] === 'list' ? (await import('../lists/read-list.ts')).readList : null;
// Everything is loaded by now, so nothing that follows needs a file.
dropPrivileges();
sayAndEnd(await answer());

async function answer(): Promise<HelperAnswer> {
  try {
    if (readList !== null) return { kind: 'list', document: readList(await readAll(process.stdin)) };
    return { kind: 'scan', scan: await scanLayer(process.stdin) };
  } catch (error) {
    if (error instanceof SheerError) return { kind: 'refused', code: error.code, message: error.message };
    // What foreign bytes broke in here is theirs, and is told in one line.
    const reason = error instanceof Error ? error.message : 'unknown';
    return { kind: 'refused', code: 'invalid-input', message: `this can't be read (${reason})` };
  }
}
