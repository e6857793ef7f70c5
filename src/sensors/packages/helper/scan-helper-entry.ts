import { SheerError } from '#model';
import { scanLayer } from '../layers/scan-layer.ts';
import { drainAndEnd, dropPrivileges } from './confine.ts';
import type { HelperAnswer } from './helper-answer.ts';

// The confined helper: a layer on standard input, what is in it as JSON on standard output. Everything
// is loaded by now, so nothing that follows needs a file.
dropPrivileges();
const expected = process.argv[2] ?? '';
drainAndEnd(await answer());

async function answer(): Promise<HelperAnswer> {
  try {
    return {
      kind: 'scan',
      scan: await scanLayer(process.stdin, { expected: expected === '' ? null : expected }),
    };
  } catch (error) {
    if (error instanceof SheerError) return { kind: 'refused', code: error.code, message: error.message };
    // What foreign bytes broke in here is theirs, and is told in one line.
    const reason = error instanceof Error ? error.message : 'unknown';
    return { kind: 'refused', code: 'invalid-input', message: `the layer can't be read (${reason})` };
  }
}
