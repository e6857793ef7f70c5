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

/** Ends as soon as the answer is out, also where more input is there. */
export function sayAndEnd(answer: HelperAnswer): void {
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
