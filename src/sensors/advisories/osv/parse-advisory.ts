import { isUtf8 } from 'node:buffer';
import type { Advisory } from '#model';
import type { Reading } from '../problem.ts';
import { readAdvisory } from './read-advisory.ts';

/** An OSV record in its bytes: UTF-8 and JSON, or it is refused. */
export function parseAdvisory(bytes: Uint8Array): Reading<Advisory> {
  const json = parseJson(bytes);
  return json.kind === 'refused' ? json : readAdvisory(json.value);
}

export function parseJson(bytes: Uint8Array): Reading<unknown> {
  if (!isUtf8(bytes)) return refused('is no UTF-8 text');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    return { kind: 'read', value };
  } catch (error) {
    // V8 says what is wrong and where, and quotes some characters of it.
    return refused(
      `is no JSON: ${error instanceof Error ? error.message.slice(0, 160) : 'it cannot be parsed'}`,
    );
  }
}

function refused(problem: string): Reading<never> {
  return { kind: 'refused', problems: [{ path: '$', problem }] };
}
