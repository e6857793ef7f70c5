import * as advisory from '../../../test/fakes/advisory-answers.ts';
import { describeGolden } from '../../../test/fakes/golden.conformance.ts';
import { NOW } from '../../../test/fakes/shop-answers.ts';
import type { Look } from '../text/look.ts';
import { renderAdvisories, renderSync, syncProgressText, renderExplanation } from './advisories.ts';

const look: Look = { columns: 80, colour: false, now: NOW, exact: false };

describeGolden('advisories', [
  {
    shows: 'where they come from',
    lines: renderAdvisories([advisory.advisorySource], look),
    expected: [
      'source             records   withdrawn   newest    synced      ecosystems',
      '/var/lib…all.zip    41,204          12   3 h ago   5 min ago   Debian:11 and De…',
      '    DSA-1.json: affected[0].package.name: expected a text',
      '',
      '41,204 records.                                            sheer cases',
    ],
  },
  {
    shows: 'that there are none',
    lines: renderAdvisories([], look),
    expected: [
      'no advisories are known yet, so nothing is known to be vulnerable',
      '  next   sheer advisories sync URL, or a file or directory with OSV records',
    ],
  },
  {
    shows: 'what a sync brought',
    lines: renderSync(advisory.synced, look),
    expected: [
      '41,204 records read, 41,203 changed, 12 withdrawn, 2 VEX statements   1 refused',
      '    DSA-1.json: affected[0].package.name: expected a text',
      '  Newly affects what runs: CVE-2026-31337.',
      '  next   sheer who CVE-2026-31337',
    ],
  },
  {
    shows: 'a sync without news',
    lines: renderSync(
      {
        ...advisory.synced,
        changed: 0,
        withdrawn: 0,
        refused: 0,
        statements: 0,
        problems: [],
        newlyAffected: [],
      },
      look,
    ),
    expected: [
      '41,204 records read, 0 changed',
      '  Nothing more that runs is affected.',
      '  next   sheer cases',
    ],
  },
  {
    shows: 'how far a sync is',
    lines: [
      syncProgressText({ step: advisory.synced, elapsedMs: 0, expected: null }),
      syncProgressText({ step: advisory.syncStep, elapsedMs: 2000, expected: 41_000 }),
    ],
    expected: [
      '  41,204 read   41,203 changed   1 refused',
      '  20,000 of about 41,000 read   20,000 changed   10,000 a second',
    ],
  },
  {
    shows: 'that what is not read yet is not known to be free of it',
    lines: renderSync({ ...advisory.syncStep, newlyAffected: [], imagesNotRead: 1 }, look).slice(1),
    expected: [
      '  Nothing more that runs is known to be affected yet. What 1 running image holds',
      '  is not read yet; cases open as it is.',
      '  next   sheer images --tree',
    ],
  },
  {
    shows: 'the first of many that it newly affects, also to no terminal',
    lines: renderSync(
      { ...advisory.syncStep, newlyAffected: Array.from({ length: 900 }, (_, index) => `CVE-${index}`) },
      { ...look, columns: null },
    ).slice(1),
    expected: [
      '  Newly affects what runs: CVE-0, CVE-1, CVE-2, CVE-3, CVE-4 and 895 more.',
      '  next   sheer cases',
    ],
  },
  {
    shows: 'why a package matches',
    lines: renderExplanation(advisory.explanation, look),
    expected: [
      'affected: pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64 by CVE-2026-31337',
      '  DSA-5999-1   Debian:11 openssl                           other release',
      '    it speaks of Debian:11, the package is of Debian:12',
      '  DSA-5999-1   Debian:12 openssl   introduced 0, fixed 3.0.22-1~deb12u2   holds',
      '    3.0.11-1~deb12u2 is before 3.0.22-1~deb12u2',
      '',
      '  next   sheer who CVE-2026-31337',
    ],
  },
  {
    shows: 'why none matches',
    lines: renderExplanation({ ...advisory.explanation, affected: false, steps: [] }, look),
    expected: [
      'not affected: pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64 by CVE-2026-31…',
      '  no advisory of that id speaks of any package',
      '',
      '  next   sheer who CVE-2026-31337',
    ],
  },
]);
