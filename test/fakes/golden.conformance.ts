import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

export interface GoldenRow {
  readonly shows: string;
  readonly lines: readonly string[];
  readonly expected: readonly string[];
}

/**
 * What a person sees on 80 columns, to the letter. Commands and hashes are there to be copied, so
 * they alone may be longer.
 */
export function describeGolden(title: string, rows: readonly GoldenRow[]): void {
  describe(title, () => {
    for (const { shows, lines, expected } of rows) {
      it(`shows ${shows}`, () => {
        assert.deepEqual(lines, expected);
        const tooWide = lines.filter((line) => line.length > 80 && !/sheer |[0-9a-f]{64}/.test(line));
        assert.deepEqual(tooWide, []);
      });
    }
  });
}
