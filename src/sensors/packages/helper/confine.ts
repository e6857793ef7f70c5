import { SheerError } from '#model';
import { SensorError } from '../../sensor-error.ts';
import type { HelperAnswer } from './helper-answer.ts';

/** `nobody` on Linux. */
const NOBODY = 65_534;

/** Gives up root for good, where the process has it. Called before the first foreign byte is read. */
export function dropPrivileges(): void {
  if (process.getuid?.() !== 0) return;
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}

/** What was found, or why nothing was. */
export async function answered<Found>(find: () => Promise<Found>): Promise<HelperAnswer<Found>> {
  try {
    return { kind: 'found', found: await find() };
  } catch (error) {
    if (error instanceof SheerError) return { kind: 'refused', code: error.code, message: error.message };
    // What foreign bytes broke in here is theirs, and is told in one line.
    const reason = error instanceof Error ? error.message : 'unknown';
    return { kind: 'refused', code: 'invalid-input', message: `this can't be read (${reason})` };
  }
}

/** Ends as soon as the answer is out, also where more input is there. */
export function sayAndEnd(answer: HelperAnswer<unknown>): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
}

/** The largest lists in use have some 50 MB. */
const LIST_BYTES_MAX = 256 * 1024 * 1024;

export async function readAll(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of bytes) {
    length += part.length;
    if (length > LIST_BYTES_MAX)
      throw new SensorError('too-large', `the list has more than ${LIST_BYTES_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
