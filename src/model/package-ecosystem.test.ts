import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ecosystemOfDistribution, osvPackageOf } from './package-ecosystem.ts';
import { parsePackageUrl } from './package-url.ts';

describe('the OSV ecosystem of a distribution', () => {
  const rows: readonly (readonly [
    id: string,
    versionId: string | null,
    name: string,
    ecosystem: string | null,
  ])[] = [
    ['debian', '12', 'Debian GNU/Linux 12 (bookworm)', 'Debian:12'],
    ['debian', null, 'Debian GNU/Linux forky/sid', 'Debian:14'],
    ['debian', null, 'Debian GNU/Linux', 'Debian'],
    ['ubuntu', '22.04', 'Ubuntu 22.04.3 LTS', 'Ubuntu:22.04:LTS'],
    ['ubuntu', '23.10', 'Ubuntu 23.10', 'Ubuntu:23.10'],
    ['ubuntu', '23.04', 'Ubuntu 23.04', 'Ubuntu:23.04'],
    ['alpine', '3.19.1', 'Alpine Linux v3.19', 'Alpine:v3.19'],
    ['alpine', '3.20_alpha20240329', 'Alpine Linux edge', 'Alpine'],
    ['rhel', '9.3', 'Red Hat Enterprise Linux 9.3', 'Red Hat:enterprise_linux:9'],
    ['rocky', '9.3', 'Rocky Linux 9.3', 'Rocky Linux:9'],
    ['almalinux', '8.9', 'AlmaLinux 8.9', 'AlmaLinux:8'],
    ['opensuse-leap', '15.5', 'openSUSE Leap 15.5', 'openSUSE:Leap 15.5'],
    ['opensuse-tumbleweed', '20240101', 'openSUSE Tumbleweed', 'openSUSE:Tumbleweed'],
    ['sles', '15.5', 'SLES 15-SP5', 'SUSE:Linux Enterprise Server 15 SP5'],
    ['photon', '5.0', 'VMware Photon OS/Linux', 'Photon OS:5.0'],
    ['azurelinux', '3.0', 'Microsoft Azure Linux 3.0', 'Azure Linux:3'],
    ['wolfi', '20230201', 'Wolfi', 'Wolfi'],
    ['kali', '2024.1', 'Kali', null],
  ];
  for (const [id, versionId, name, ecosystem] of rows) {
    it(`${name} is ${ecosystem}`, () =>
      assert.equal(ecosystemOfDistribution({ id, versionId, name }), ecosystem));
  }
});

describe('the OSV package of a package URL', () => {
  const rows: readonly (readonly [url: string, ecosystem: string | null, name: string | null])[] = [
    ['pkg:deb/debian/libc6@2.36?distro=debian-12', 'Debian:12', 'libc6'],
    ['pkg:deb/debian/libc6@2.36?distro=debian-12.5', 'Debian:12', 'libc6'],
    ['pkg:deb/debian/libc6@2.36?distro=bookworm', 'Debian:12', 'libc6'],
    ['pkg:deb/ubuntu/libc6@2.36?distro=ubuntu-22.04', 'Ubuntu:22.04:LTS', 'libc6'],
    ['pkg:deb/debian/libc6@2.36', 'Debian', 'libc6'],
    ['pkg:apk/alpine/musl@1.2?distro=alpine-3.19.1', 'Alpine:v3.19', 'musl'],
    ['pkg:apk/alpine/musl@1.2?distro=3.19.1', 'Alpine:v3.19', 'musl'],
    ['pkg:rpm/redhat/bash@5?distro=rhel-9.3', 'Red Hat:enterprise_linux:9', 'bash'],
    ['pkg:rpm/opensuse/bash@5?distro=opensuse-leap-15.5', 'openSUSE:Leap 15.5', 'bash'],
    ['pkg:npm/%40angular/core@1', 'npm', '@angular/core'],
    ['pkg:maven/org.apache/log4j@2', 'Maven', 'org.apache:log4j'],
    ['pkg:golang/github.com/Masterminds/semver@v1', 'Go', 'github.com/Masterminds/semver'],
    ['pkg:pypi/Foo_Bar@1', 'PyPI', 'foo-bar'],
    ['pkg:composer/symfony/http@1', 'Packagist', 'symfony/http'],
    ['pkg:oci/image@1', null, null],
  ];
  for (const [url, ecosystem, name] of rows) {
    it(`${url} is ${name} of ${ecosystem}`, () => {
      const parsed = parsePackageUrl(url);
      assert.ok(parsed !== null);
      assert.deepEqual(osvPackageOf(parsed), ecosystem === null ? null : { ecosystem, name });
    });
  }
});
