import { SheerError } from '#model';
import { scanLayer } from '../layers/scan-layer.ts';
import { readList } from '../lists/read-list.ts';
import { dropPrivileges, readAll, sayAndEnd } from './confine.ts';
import type { HelperAnswer } from './helper-answer.ts';

// The confined helper: a layer or a list on standard input, what is in it as JSON on standard output.
// Everything is loaded by now, so nothing that follows needs a file.
dropPrivileges();
const [kind = '', expected = ''] = process.argv.slice(2);
sayAndEnd(await answer());

async function answer(): Promise<HelperAnswer> {
  try {
    if (kind === 'list') return { kind: 'list', document: readList(await readAll(process.stdin)) };
    return { kind: 'scan', scan: await scanLayer(process.stdin, { expected: expected || null }) };
  } catch (error) {
    if (error instanceof SheerError) return { kind: 'refused', code: error.code, message: error.message };
    // What foreign bytes broke in here is theirs, and is told in one line.
    const reason = error instanceof Error ? error.message : 'unknown';
    return { kind: 'refused', code: 'invalid-input', message: `this can't be read (${reason})` };
  }
}
