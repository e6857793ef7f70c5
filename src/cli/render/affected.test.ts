import { describeGolden } from '../../../test/fakes/golden.conformance.ts';
import * as patch from '../../../test/fakes/patch-answers.ts';
import { NOW } from '../../../test/fakes/shop-answers.ts';
import type { Look } from '../text/look.ts';
import { renderAffected } from './affected.ts';

const look: Look = { columns: 80, colour: false, now: NOW, exact: false };

const liveFiles = { at: '2026-11-22T06:30:00.000Z', without: ['container/1', 'container/2'], besides: [] };

describeGolden('who is affected', [
  {
    shows: 'a vulnerability, with the plan beside it',
    lines: renderAffected({ answer: { ...patch.affected, liveFiles }, plan: patch.fixPlan }, look),
    expected: [
      'openssl < 3.0.22-1~deb12u2                           high 8.1, published 2 d ago',
      '  CVE-2026-31337 (DSA-5999-1): out of bounds write in the handshake',
      '',
      '  running now      14 instances   2 services   2 teams   production 12, test 1,',
      '                   no environment 1',
      '  brought in by    2 images   base-debian:12 (platform) and legacy-java:8, layer',
      '                   not known',
      '  fixed by         changing base-debian:12, then rebuilding 2 images on 1 level;',
      '                   starting search:3 again; legacy-java:8: no build source',
      '  excused          2 instances   VEX statement of security@example.org:',
      '                   vulnerable code not present',
      '  live files       2 instances of these without it   read 2 h ago',
      '  not looked at    2 instances of vendor/appliance:3: the engine gave no layers',
      '',
      '  payments   checkout 12   production   due in 5 d',
      '  shop       web 1         test         overdue by 1 d',
      '  no owner   legacy-1 1',
      '',
      '  next   sheer fix plan CVE-2026-31337',
    ],
  },
  {
    shows: 'whom it affected then',
    lines: renderAffected(
      {
        answer: { ...patch.affected, at: '2026-11-21T18:00:00.000Z', excused: 0, notLookedAt: [] },
        plan: null,
      },
      look,
    ),
    expected: [
      'openssl < 3.0.22-1~deb12u2                           high 8.1, published 2 d ago',
      '  CVE-2026-31337 (DSA-5999-1): out of bounds write in the handshake',
      '',
      '  as of            2026-11-21 18:00:00',
      '  running then     14 instances   2 services   2 teams   production 12, test 1,',
      '                   no environment 1',
      '  brought in by    2 images   base-debian:12 and legacy-java:8, layer not known',
      '',
      '  payments   checkout 12   production   due in 5 d',
      '  shop       web 1         test         overdue by 1 d',
      '  no owner   legacy-1 1',
      '',
      '  next   sheer who CVE-2026-31337',
    ],
  },
  {
    shows: 'where live files say otherwise than the images',
    lines: renderAffected(
      {
        answer: {
          ...patch.nobodyAffected,
          liveFiles: { at: '2026-11-22T06:30:00.000Z', without: [], besides: ['c'] },
        },
        plan: null,
      },
      look,
    ),
    expected: [
      'no image that runs is affected, but 1 running instance',
      '  CVE-2026-31337 (DSA-5999-1): out of bounds write in the handshake',
      '  No image that is known holds it.',
      '  live files       1 other instance with it   read 2 h ago',
      '  next   sheer verify CVE-2026-31337',
    ],
  },
  {
    shows: 'that nobody is affected, and what would prove it',
    lines: renderAffected({ answer: patch.nobodyAffected, plan: null }, look),
    expected: [
      'nothing that runs is affected',
      '  CVE-2026-31337 (DSA-5999-1): out of bounds write in the handshake',
      '  No image that is known holds it.',
      '  next   sheer verify CVE-2026-31337',
    ],
  },
  {
    shows: 'that nobody is affected, as far as could be looked',
    lines: renderAffected(
      { answer: { ...patch.nobodyAffected, notLookedAt: patch.affected.notLookedAt }, plan: null },
      look,
    ),
    expected: [
      'nothing that could be looked at is affected                incomplete',
      '  CVE-2026-31337 (DSA-5999-1): out of bounds write in the handshake',
      '  No image that is known holds it.',
      '  not looked at    2 instances of vendor/appliance:3: the engine gave no layers',
      '  next   sheer verify CVE-2026-31337',
    ],
  },
  {
    shows: 'an id that no advisory has',
    lines: renderAffected(
      {
        answer: {
          ...patch.nobodyAffected,
          id: null,
          question: 'CVE-1',
          reason: 'no advisory that is known has this id',
        },
        plan: null,
      },
      look,
    ),
    expected: [
      'unknown: CVE-1',
      '  No advisory that is known has this id.',
      '  next   sheer advisories status',
    ],
  },
  {
    shows: 'one that was withdrawn',
    lines: renderAffected(
      {
        answer: {
          ...patch.nobodyAffected,
          withdrawn: '2026-11-21T18:00:00.000Z',
          reason: 'the advisory was withdrawn',
        },
        plan: null,
      },
      look,
    ),
    expected: [
      'nothing that runs is affected',
      '  CVE-2026-31337 (DSA-5999-1): out of bounds write in the handshake',
      '  Withdrawn 14 h ago: it was no vulnerability.',
      '  The advisory was withdrawn.',
      '  next   sheer verify CVE-2026-31337',
    ],
  },
  {
    shows: 'a package',
    lines: renderAffected(
      {
        answer: {
          ...patch.affected,
          kind: 'package',
          id: null,
          question: 'openssl@<3.0.22',
          excused: 0,
          notLookedAt: [],
        },
        plan: null,
      },
      look,
    ),
    expected: [
      'libssl3 3.0.11-1~deb12u2                                   openssl@<3.0.22',
      '',
      '  running now      14 instances   2 services   2 teams   production 12, test 1,',
      '                   no environment 1',
      '  brought in by    2 images   base-debian:12 and legacy-java:8, layer not known',
      '',
      '  payments   checkout 12   production   due in 5 d',
      '  shop       web 1         test         overdue by 1 d',
      '  no owner   legacy-1 1',
      '',
      '  next   sheer packages checkout:2.4',
    ],
  },
]);
