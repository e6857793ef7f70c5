import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { osvPackageOf } from './package-ecosystem.ts';
import { parsePackageUrl } from './package-url.ts';

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
    ['pkg:deb/ubuntu/libc6@2.36?distro=jammy', 'Ubuntu:22.04:LTS', 'libc6'],
    ['pkg:deb/debian/libc6@2.36?distro=debian-bookworm', 'Debian:12', 'libc6'],
    ['pkg:deb/debian/libc6@2.36?distro=debian-sid', 'Debian:sid', 'libc6'],
    ['pkg:deb/echo/libc6@2.36', 'Echo', 'libc6'],
    ['pkg:apk/alpine/musl@1.2?distro=alpine-v3.19', 'Alpine:v3.19', 'musl'],
    ['pkg:apk/alpine/musl@1.2?distro=alpine-edge', 'Alpine', 'musl'],
    ['pkg:apk/wolfi/musl@1.2?distro=wolfi-20230201', 'Wolfi', 'musl'],
    ['pkg:apk/chainguard/musl@1.2', 'Chainguard', 'musl'],
    ['pkg:apk/alpaquita/musl@1.2?distro=alpaquita-stream', 'Alpaquita:stream', 'musl'],
    ['pkg:rpm/almalinux/bash@5?distro=almalinux-9.3', 'AlmaLinux:9', 'bash'],
    ['pkg:rpm/rocky/bash@5?distro=rocky-9.3', 'Rocky Linux:9', 'bash'],
    ['pkg:rpm/suse/bash@5?distro=sles-15.5', 'SUSE:Linux Enterprise Server 15 SP5', 'bash'],
    ['pkg:rpm/opensuse/bash@5?distro=opensuse-tumbleweed-20240101', 'openSUSE:Tumbleweed', 'bash'],
    ['pkg:rpm/openEuler/bash@5?distro=openEuler-24.03-LTS-SP1', 'openEuler:24.03-LTS-SP1', 'bash'],
    ['pkg:rpm/amzn/bash@5?distro=amzn-2023', null, null],
    ['pkg:rpm/fedora/bash@5', null, null],
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
