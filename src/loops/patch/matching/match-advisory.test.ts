import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Advisory, AffectedPackage, Package, RangeEvent } from '#model';
import { matchAdvisory } from './match-advisory.ts';
import { recordOf } from './record-of.fixture.ts';

const advisory = (...affected: readonly AffectedPackage[]): Advisory => recordOf(affected);

function entry(what: string, ...events: readonly RangeEvent[]): AffectedPackage {
  const [ecosystem = '', name = ''] = what.split(' / ');
  return { ecosystem, name, versions: [], ranges: [{ type: 'ECOSYSTEM', events }] };
}

function listing(what: string, ...versions: readonly string[]): AffectedPackage {
  return { ...entry(what), versions, ranges: [] };
}

/** `Debian:12 / libssl3 3.0.11-1 < openssl 3.0.11-1` */
function own(text: string): Package {
  const [ecosystem = '', rest = ''] = text.split(' / ');
  const [binary = '', source] = rest.split(' < ');
  const [name = '', version = ''] = binary.split(' ');
  const [sourceName = '', sourceVersion = ''] = source?.split(' ') ?? [];
  return {
    purl: `pkg:generic/${name}@${version}`,
    ecosystem,
    name,
    version,
    source: source === undefined ? null : { name: sourceName, version: sourceVersion },
    layer: null,
    path: null,
    readBy: 'dpkg',
  };
}

const all: RangeEvent = { kind: 'introduced', version: '0' };
const fixed = (version: string): RangeEvent => ({ kind: 'fixed', version });

/** The result of the only step. */
function resultOf(affected: AffectedPackage, subject: string): string {
  const match = matchAdvisory(advisory(affected), own(subject));
  assert.equal(match.steps.length, 1);
  return `${match.affected ? 'affected' : 'not'}: ${match.steps[0]?.result}`;
}

describe('which package an entry is about', () => {
  const rows: readonly (readonly [
    what: string,
    affected: AffectedPackage,
    subject: string,
    result: string,
  ])[] = [
    ['the release is its own', entry('Debian:12 / a', all), 'Debian:12 / a 1', 'affected: holds'],
    ['another release', entry('Debian:11 / a', all), 'Debian:12 / a 1', 'not: other-release'],
    ['no release is all releases', entry('Debian / a', all), 'Debian:12 / a 1', 'affected: holds'],
    ['a package of no known release', entry('Debian:12 / a', all), 'Debian / a 1', 'not: other-release'],
    ['another ecosystem', entry('npm / a', all), 'PyPI / a 1', 'not: other-package'],
    ['another name', entry('npm / a', all), 'npm / b 1', 'not: other-package'],
    ['names of npm keep their case', entry('npm / A', all), 'npm / a 1', 'not: other-package'],
    [
      'names of PyPI are normalised',
      entry('PyPI / Foo.Bar_baz', all),
      'PyPI / foo-bar-baz 1',
      'affected: holds',
    ],
    [
      'names of NuGet have no case',
      entry('NuGet / Newtonsoft.Json', all),
      'NuGet / newtonsoft.json 1',
      'affected: holds',
    ],
    [
      'the Go standard library',
      entry('Go / stdlib', all, fixed('1.22.1')),
      'Go / std go1.22.0',
      'affected: holds',
    ],
    [
      'Debian names sources',
      entry('Debian:12 / openssl', all),
      'Debian:12 / libssl3 1 < openssl 1',
      'affected: holds',
    ],
    [
      'and not binary packages',
      entry('Debian:12 / libssl3', all),
      'Debian:12 / libssl3 1 < openssl 1',
      'not: other-package',
    ],
    [
      'Alpine names origins',
      entry('Alpine:v3.19 / openssl', all),
      'Alpine:v3.19 / libcrypto3 3.1.4-r0 < openssl 3.1.4-r0',
      'affected: holds',
    ],
    ['Alpine with or without v', entry('Alpine:v3.19 / a', all), 'Alpine:3.19 / a 1', 'affected: holds'],
    ['another Alpine', entry('Alpine:v3.19 / a', all), 'Alpine:v3.18 / a 1', 'not: other-release'],
    [
      'Red Hat names binary packages',
      entry('Red Hat:enterprise_linux:9::baseos / openssl-libs', all),
      'Red Hat:enterprise_linux:9 / openssl-libs 1 < openssl 1',
      'affected: holds',
    ],
    [
      'or sources',
      entry('Red Hat:enterprise_linux:9::baseos / openssl', all),
      'Red Hat:enterprise_linux:9 / openssl-libs 1 < openssl 1',
      'affected: holds',
    ],
    [
      'a minor Red Hat is of its major',
      entry('Red Hat:enterprise_linux:9::baseos / a', all),
      'Red Hat:enterprise_linux:9.4 / a 1',
      'affected: holds',
    ],
    [
      'another product of Red Hat',
      entry('Red Hat:rhel_aus:8.4::appstream / a', all),
      'Red Hat:enterprise_linux:8.4::appstream / a 1',
      'not: other-release',
    ],
    [
      'another stream of Red Hat',
      entry('Red Hat:enterprise_linux:9::crb / a', all),
      'Red Hat:enterprise_linux:9::baseos / a 1',
      'not: other-release',
    ],
    [
      'Enterprise Linux 10 names the minor release of the fix',
      entry('Red Hat:enterprise_linux:10.0 / a', all),
      'Red Hat:enterprise_linux:10 / a 1',
      'affected: holds',
    ],
    [
      'longer support of a minor release is another product',
      entry('Red Hat:rhel_eus:10.0 / a', all),
      'Red Hat:enterprise_linux:10 / a 1',
      'not: other-release',
    ],
    [
      'a server of SUSE consists of modules',
      entry('SUSE:Linux Enterprise Module for Basesystem 15 SP5 / a', all),
      'SUSE:Linux Enterprise Server 15 SP5 / a 1',
      'affected: holds',
    ],
    [
      'so does one for SAP',
      entry('SUSE:Linux Enterprise Module for Basesystem 15 SP5 / a', all),
      'SUSE:Linux Enterprise Server for SAP Applications 15 SP5 / a 1',
      'affected: holds',
    ],
    [
      'Azure Linux with or without a minor number',
      entry('Azure Linux:3.0 / a', all),
      'Azure Linux:3 / a 1',
      'affected: holds',
    ],
    ['another Azure Linux', entry('Azure Linux:2.0 / a', all), 'Azure Linux:3 / a 1', 'not: other-release'],
    [
      'a service pack of openEuler is a release',
      entry('openEuler:24.03-LTS / a', all),
      'openEuler:24.03-LTS-SP1 / a 1',
      'not: other-release',
    ],
    [
      'of the same service pack',
      entry('SUSE:Linux Enterprise Module for Basesystem 15 SP4 / a', all),
      'SUSE:Linux Enterprise Server 15 SP5 / a 1',
      'not: other-release',
    ],
    [
      'another product of SUSE',
      entry('SUSE:Linux Enterprise Server 15 SP5-LTSS / a', all),
      'SUSE:Linux Enterprise Server 15 SP5 / a 1',
      'not: other-release',
    ],
    [
      'Red Hat 90 is not of 9',
      entry('Red Hat:enterprise_linux:9 / a', all),
      'Red Hat:enterprise_linux:90 / a 1',
      'not: other-release',
    ],
    ['Ubuntu says LTS or not', entry('Ubuntu:22.04:LTS / a', all), 'Ubuntu:22.04 / a 1', 'affected: holds'],
    [
      "Ubuntu Pro's fixes are others",
      entry('Ubuntu:Pro:22.04:LTS / a', all),
      'Ubuntu:22.04:LTS / a 1',
      'not: other-release',
    ],
    ['Ubuntu Pro', entry('Ubuntu:Pro:22.04:LTS / a', all), 'Ubuntu:Pro:22.04:LTS / a 1', 'affected: holds'],
    [
      'Maven with the address of a registry',
      entry('Maven:https://maven.google.com / g:a', all),
      'Maven / g:a 1',
      'affected: holds',
    ],
  ];
  for (const [what, affected, subject, result] of rows) {
    it(`${what}: ${affected.ecosystem} ${affected.name}, ${subject}`, () => {
      assert.equal(resultOf(affected, subject), result);
    });
  }
});

describe('the version that counts', () => {
  const ranged = entry('Debian:12 / openssl', all, fixed('3.0.11-1~deb12u2'));
  const rows: readonly (readonly [
    what: string,
    affected: AffectedPackage,
    subject: string,
    result: string,
  ])[] = [
    [
      'before the fix',
      ranged,
      'Debian:12 / libssl3 3.0.11-1~deb12u1 < openssl 3.0.11-1~deb12u1',
      'affected: holds',
    ],
    ['the fix', ranged, 'Debian:12 / libssl3 3.0.11-1~deb12u2 < openssl 3.0.11-1~deb12u2', 'not: after'],
    [
      "the source's, not the package's",
      ranged,
      'Debian:12 / libssl3 9:1 < openssl 3.0.11-1~deb12u1',
      'affected: holds',
    ],
    [
      'before it was introduced',
      entry('npm / a', { kind: 'introduced', version: '2.0.0' }),
      'npm / a 1.0.0',
      'not: before',
    ],
    ['listed', listing('npm / a', '1.0.0', '1.0.1'), 'npm / a 1.0.1', 'affected: enumerated'],
    ['listed in another spelling', listing('PyPI / a', '1.0'), 'PyPI / a 1.0.0', 'affected: enumerated'],
    ['another build of what is listed', listing('npm / a', '1.0.0+x'), 'npm / a 1.0.0+y', 'not: not-listed'],
    ['not listed', listing('npm / a', '1.0.0'), 'npm / a 1.0.2', 'not: not-listed'],
    ['an order that nobody knows', entry('Nowhere / a', all), 'Nowhere / a 1', 'not: not-listed'],
    [
      'listed where nobody knows the order',
      listing('Nowhere / a', '1'),
      'Nowhere / a 1',
      'affected: enumerated',
    ],
  ];
  for (const [what, affected, subject, result] of rows) {
    it(what, () => assert.equal(resultOf(affected, subject), result));
  }
});

describe('a match', () => {
  it('names its basis and the fix', () => {
    const match = matchAdvisory(
      advisory(entry('Debian:11 / a', all, fixed('0.9')), entry('Debian:12 / a', all, fixed('1.2-1'))),
      own('Debian:12 / a 1.1-1'),
    );
    assert.deepEqual(match, {
      affected: true,
      basis: 'a < 1.2-1',
      fixed: '1.2-1',
      steps: [
        {
          advisory: 'TEST-1',
          affected: 'Debian:11 a',
          range: null,
          result: 'other-release',
          explanation: 'the entry is about release 11, the package is of Debian:12',
        },
        {
          advisory: 'TEST-1',
          affected: 'Debian:12 a',
          range: '< 1.2-1',
          result: 'holds',
          explanation: '1.1-1 is before 1.2-1, where it is fixed',
        },
      ],
    });
  });

  it('is none once the advisory was withdrawn', () => {
    const match = matchAdvisory({ ...advisory(entry('npm / a', all)), withdrawn: 1 }, own('npm / a 1.0.0'));
    assert.equal(match.affected, false);
    assert.equal(match.steps[0]?.result, 'withdrawn');
  });

  it('names no fix where only the last affected version is known', () => {
    const match = matchAdvisory(
      advisory(entry('npm / a', all, { kind: 'last-affected', version: '2.0.0' })),
      own('npm / a 2.0.0'),
    );
    assert.deepEqual([match.basis, match.fixed], ['a <= 2.0.0', null]);
  });
});
