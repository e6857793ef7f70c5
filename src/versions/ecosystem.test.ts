import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ecosystemNames, findEcosystem, parseEcosystem } from './ecosystem.ts';

const RUST = ecosystemNames().find((name) => /^crates\.io$/i.test(name)) ?? '';

describe('names of ecosystems', () => {
  const known = [
    ['npm', 'npm', null, 'semver'],
    [RUST, RUST, null, 'semver'],
    ['Debian:12', 'Debian', '12', 'debian'],
    ['Ubuntu:22.04:LTS', 'Ubuntu', '22.04:LTS', 'debian'],
    ['Ubuntu:Pro:FIPS:18.04:LTS', 'Ubuntu', 'Pro:FIPS:18.04:LTS', 'debian'],
    ['Alpine:v3.19', 'Alpine', 'v3.19', 'alpine'],
    ['Wolfi', 'Wolfi', null, 'alpine'],
    ['Red Hat:rhel_aus:8.4::appstream', 'Red Hat', 'rhel_aus:8.4::appstream', 'rpm'],
    ['SUSE:Linux Enterprise Server 15 SP5', 'SUSE', 'Linux Enterprise Server 15 SP5', 'rpm'],
    ['Photon OS:4.0', 'Photon OS', '4.0', 'rpm'],
    ['Maven:https://repo.example.org/m2', 'Maven', 'https://repo.example.org/m2', 'maven'],
    ['PyPI', 'PyPI', null, 'python'],
    ['Pub', 'Pub', null, 'pub'],
    ['Root:Alpine:3.18', 'Root', 'Alpine:3.18', 'alpine'],
    ['TuxCare:Red Hat', 'TuxCare', 'Red Hat', 'rpm'],
    ['Docker Hardened Images:Debian:trixie', 'Docker Hardened Images', 'Debian:trixie', 'debian'],
    ['Echo', 'Echo', null, 'debian'],
    ['Echo:npm', 'Echo', 'npm', 'pub'],
    ['Echo:PyPI', 'Echo', 'PyPI', 'python'],
  ] as const;
  for (const [text, name, release, scheme] of known) {
    it(`${text} is ordered as ${scheme}`, () => {
      assert.deepEqual(parseEcosystem(text), { name, release, scheme });
    });
  }

  for (const text of [
    '',
    ':',
    'debian',
    'NPM',
    'Debian:',
    'GIT',
    'Android',
    'Root',
    'TuxCare:TuxCare:npm',
    'toString',
  ]) {
    it(`"${text}" has none`, () => assert.equal(parseEcosystem(text), null));
  }

  it('are found without regard to case, when a person types them', () => {
    assert.deepEqual(findEcosystem('red hat:rhel_aus:8.4'), parseEcosystem('Red Hat:rhel_aus:8.4'));
    assert.deepEqual(findEcosystem('ROOT:pypi'), parseEcosystem('Root:PyPI'));
    assert.deepEqual(findEcosystem(RUST.toUpperCase()), parseEcosystem(RUST));
    assert.equal(findEcosystem('rust'), null);
  });

  it('stand in the order of the alphabet', () => {
    const names = ecosystemNames();
    assert.ok(names.length >= 40, `${names.length} names`);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(names.slice(0, 3), ['AlmaLinux', 'Alpaquita', 'Alpine']);
    for (const name of names) {
      assert.ok(parseEcosystem(name) ?? parseEcosystem(`${name}:Debian:12`), name);
    }
  });

  it('are all in the documentation, beside their order', () => {
    const page = readFileSync(new URL('../../docs/version-order.md', import.meta.url), 'utf8');
    for (const name of ecosystemNames()) {
      const scheme = parseEcosystem(name)?.scheme;
      const shown = name === RUST ? 'Rust crates' : name;
      const row = page.split('\n').find((line) => line.startsWith('| ') && wordsOf(line).includes(shown));
      assert.ok(row !== undefined, `${shown} is in no row of the table`);
      assert.ok(scheme === undefined || name === 'Echo' || row.includes(`| \`${scheme}\` |`), row);
    }
  });
});

/** Of the first column. */
function wordsOf(row: string): readonly string[] {
  return (row.split('|')[1] ?? '').split(',').map((name) => name.trim());
}
