import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { arbitraryPair } from './arbitrary-versions.fixture.ts';
import { compareVersions } from './compare.ts';
import type { Scheme } from './ecosystem.ts';
import { askTool, OWN_TOOLS } from './own-tools.fixture.ts';
import type { OwnTool, Sign } from './own-tools.fixture.ts';

const PAIRS = 20_000;
/** Tools refuse what is malformed; fewer answers would test too little. */
const ANSWERS_MIN = 2_000;

/** The same in every run. */
const SEED = 20_261_122;

describe("versions are ordered as the ecosystem's own tool orders them", () => {
  for (const tool of OWN_TOOLS) {
    it(`${tool.name}: pairs that are made up`, async () => {
      const pairs = fc
        .sample(arbitraryPair(tool.scheme), { numRuns: PAIRS, seed: SEED })
        .filter(([left, right]) => !isQuirk(tool.scheme, left) && !isQuirk(tool.scheme, right));
      await verify(tool, pairs);
    });
  }

  it('dpkg: the versions that are installed here', async () => {
    const [dpkg] = OWN_TOOLS;
    assert.ok(dpkg !== undefined);
    const installed = execFileSync('dpkg-query', ['-W', '-f', '${Version}\\n'], { encoding: 'utf8' })
      .trimEnd()
      .split('\n');
    const pairs = installed.flatMap((left, index) =>
      [1, 2, 3, 50].map((step) => [left, installed[(index + step) % installed.length] ?? left] as const),
    );
    await verify(dpkg, pairs, 100);
  });
});

/** Accidents of the tools' own numbers and patterns, that are not followed. */
function isQuirk(scheme: Scheme, version: string): boolean {
  switch (scheme) {
    case 'semver':
      // node-semver reads a fourth number as a pre-release of half of the third: 1.2.34.5 as 1.2.3-4.5.
      return /^[v=]*\d+(?:\.\d+){2,}\./.test(version);
    case 'packagist':
      // PHP's numbers end at 2^63 - 1: all that are greater are the same.
      return /\d{19}/.test(version);
    default:
      return false;
  }
}

async function verify(
  tool: OwnTool,
  pairs: readonly (readonly [left: string, right: string])[],
  answersMin = ANSWERS_MIN,
): Promise<void> {
  const signs = await askTool(tool, pairs);
  assert.equal(signs.length, pairs.length);
  const answered = pairs.flatMap(([left, right], index) => {
    const sign = signs[index];
    return sign === undefined || sign === '!' ? [] : [{ left, sign, right }];
  });
  assert.ok(answered.length >= answersMin, `${answered.length} answers`);
  const differences = answered.filter(
    ({ left, sign, right }) => signOf(compareVersions(tool.scheme, left, right)) !== sign,
  );
  assert.deepEqual(differences.slice(0, 10), []);
}

function signOf(order: -1 | 0 | 1): Sign {
  return order === 0 ? '=' : order < 0 ? '<' : '>';
}
