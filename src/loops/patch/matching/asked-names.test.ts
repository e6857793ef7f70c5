import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { askedNames } from './asked-names.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/advisories.md'), 'utf8');

/** What the page says is asked for, and of which ecosystems. */
function documented(): readonly (readonly [names: string, ecosystem: string])[] {
  const rows = PAGE.matchAll(
    /^ +\| (?<names>the source package|both|the package)[^|]* \| (?<ecosystems>[^|]+) \|/gm,
  );
  return [...rows].flatMap(({ groups }) =>
    (groups?.['ecosystems'] ?? '')
      .split(', ')
      .map((ecosystem) => [groups?.['names'] ?? '', ecosystem === 'all others' ? 'npm' : ecosystem] as const),
  );
}

describe('the names that advisories are asked for', () => {
  const own = {
    purl: 'pkg:generic/libssl3@3.0.11-1+b1',
    ecosystem: null,
    name: 'libssl3',
    version: '3.0.11-1+b1',
    source: { name: 'openssl', version: '3.0.11-1' },
    layer: null,
    path: null,
    readBy: 'dpkg',
  } as const;
  const asked: Readonly<Record<string, readonly string[]>> = {
    'the source package': ['openssl 3.0.11-1'],
    both: ['libssl3 3.0.11-1+b1', 'openssl 3.0.11-1'],
    'the package': ['libssl3 3.0.11-1+b1'],
  };
  for (const [names, ecosystem] of documented()) {
    const spelled = ecosystem === 'BellSoft' ? 'BellSoft Hardened Containers' : ecosystem;
    it(`are, of ${spelled}: ${names}, as the documentation says`, () => {
      const found = askedNames(own, spelled).map(({ name, version }) => `${name} ${version}`);
      assert.deepEqual(found, asked[names]);
    });
  }

  it('are documented', () => assert.ok(documented().length > 15));

  it('are the package itself where its source is not known', () => {
    assert.deepEqual(askedNames({ ...own, source: null }, 'Debian'), [
      { name: 'libssl3', version: '3.0.11-1+b1', of: 'package' },
    ]);
  });

  it('are safe from names of prototypes', () => {
    assert.equal(askedNames(own, 'constructor').length, 1);
  });
});
