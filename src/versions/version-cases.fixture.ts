import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compareVersions } from './compare.ts';
import type { Scheme } from './ecosystem.ts';

/** Reads as a sentence: `1.0~rc1` is before (`<`) or the same as (`=`) `1.0`, because … */
export type VersionCase = readonly [left: string, sign: '<' | '=', right: string, because: string];

/** One test for each row, in both directions. */
export function verifyCases(scheme: Scheme, cases: readonly VersionCase[]): void {
  for (const [left, sign, right, because] of cases) {
    void it(`${left || 'nothing'} ${sign} ${right || 'nothing'}: ${because}`, () => {
      const order = compareVersions(scheme, left, right);
      assert.equal(order, sign === '<' ? -1 : 0);
      assert.equal(compareVersions(scheme, right, left), order === 0 ? 0 : 1);
    });
  }
}

/** Every version of the list is before all that follow it. */
export function verifyAscending(scheme: Scheme, versions: readonly string[]): void {
  void it(versions.join(' < '), () => {
    const shuffled = versions.toReversed();
    assert.deepEqual(
      shuffled.toSorted((left, right) => compareVersions(scheme, left, right)),
      versions,
    );
    for (const [index, version] of versions.entries()) {
      for (const later of versions.slice(index + 1)) {
        assert.equal(compareVersions(scheme, version, later), -1, `${version} < ${later}`);
      }
    }
  });
}
