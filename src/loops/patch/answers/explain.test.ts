import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advisory, PatchWorld } from '../patch-world.fixture.ts';

const ECOSYSTEM = 'Rocky Linux:9';
const RPM = 'pkg:rpm/rocky/openssl-libs@3.0.7-25.el9?arch=x86_64&distro=rocky-9.3';

const rows: readonly (readonly [what: string, purl: string, result: string])[] = [
  [
    'an epoch and a source package that the URL tells',
    `${RPM}&epoch=1&upstream=openssl-3.0.7-25.el9.src.rpm`,
    'after',
  ],
  ['no epoch', `${RPM}&upstream=openssl-3.0.7-25.el9.src.rpm`, 'holds'],
  ['no source package', `${RPM}&epoch=1`, 'other-package'],
  [
    'the source built again',
    'pkg:deb/debian/libssl3@3.0.11-1%2Bb1?distro=debian-12&upstream=openssl',
    'after',
  ],
  ['no distribution', 'pkg:deb/debian/libssl3@3.0.10-1?upstream=openssl', 'other-release'],
];

describe('an explanation of a package that no image has', () => {
  for (const [what, purl, result] of rows) {
    it(what, async () => {
      const world = new PatchWorld().start();
      const debian = advisory('CVE-2026-1', 'openssl < 3.0.11-1');
      const [entry] = advisory('CVE-2026-1', 'openssl < 1:3.0.7-24.el9').affected;
      assert.ok(entry);
      await world.publish({ ...debian, affected: [...debian.affected, { ...entry, ecosystem: ECOSYSTEM }] });
      const results: readonly string[] = world.ask
        .explain('CVE-2026-1', purl)
        .steps.map((step) => step.result);
      await world.end();
      assert.ok(results.includes(result), results.join());
    });
  }
});
