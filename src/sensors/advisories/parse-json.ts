import { isUtf8 } from 'node:buffer';
import type { Reading } from './problem.ts';

/** JSON in UTF-8; else refused, with what V8 says of it. */
export function parseJson(bytes: Uint8Array): Reading<unknown> {
  if (!isUtf8(bytes)) return refused('is no UTF-8 text');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    return { kind: 'read', value };
  } catch (error) {
    return refused(
      `is no JSON: ${error instanceof Error ? withoutQuote(error.message) : 'it cannot be parsed'}`,
    );
  }
}

/** V8 says what is wrong, and quotes what it read: of a file that was given by mistake, that is nobody's business. */
function withoutQuote(message: string): string {
  return message.replace(/, (?:\.\.\.)?"[^]*" ?(?:\.\.\.)? is not valid JSON$/, '');
}

function refused(problem: string): Reading<never> {
  return { kind: 'refused', problems: [{ path: '$', problem }] };
}
