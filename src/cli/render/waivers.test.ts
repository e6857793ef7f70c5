import * as advisory from '../../../test/fakes/advisory-answers.ts';
import { describeGolden } from '../../../test/fakes/golden.conformance.ts';
import * as patch from '../../../test/fakes/patch-answers.ts';
import { NOW } from '../../../test/fakes/shop-answers.ts';
import type { Look } from '../text/look.ts';
import { renderWaivers, renderWaiver, renderWaiverPlan } from './waivers.ts';

const look: Look = { columns: 80, colour: false, now: NOW, exact: false };

describeGolden('waivers', [
  {
    shows: 'those that hold and those that do not',
    lines: renderWaivers(
      [
        advisory.waiver,
        { ...advisory.waiver, subject: 'web:1', state: 'expired', until: '2026-11-21T18:00:00.000Z' },
        { ...advisory.waiver, subject: 'shop', state: 'ended' },
      ],
      look,
    ),
    expected: [
      'vulnerability    for                 owner      ends          reason',
      'CVE-2026-31337   shop/che…duction)   payments   in 39 d       the handshake is …',
      'CVE-2026-31337   web:1               payments   14 h ago      the handshake is …',
      'CVE-2026-31337   shop                payments   ended early   the handshake is …',
      '',
      '1 active waiver.                                           sheer case ID',
    ],
  },
  {
    shows: 'none',
    lines: renderWaivers([], look),
    expected: ['nothing is waived                                          sheer cases'],
  },
  {
    shows: 'what was decided',
    lines: renderWaiver(advisory.waiver, look),
    expected: [
      'waived: CVE-2026-31337 for shop/checkout (production) until 2026-12-31 23:59:59',
      '  sheer waivers',
    ],
  },
  {
    shows: 'what was taken back',
    lines: renderWaiver({ ...advisory.waiver, state: 'ended' }, look),
    expected: ['the waiver of CVE-2026-31337 for shop/checkout (production) was ended', '  sheer waivers'],
  },
  {
    shows: 'what one would excuse',
    lines: renderWaiverPlan({ ...advisory.waiver, subject: 'checkout' }, patch.affected, look),
    expected: [
      'waive CVE-2026-31337 for checkout until 2026-12-31 23:59:59',
      '  because the handshake is never reached',
      '  payments answers for it',
      '  excuses 12 of 14 instances that are affected now, and what starts there later',
      '  It ends by itself then, and the case is due again.',
    ],
  },
  {
    shows: 'what one for an image would excuse',
    lines: renderWaiverPlan({ ...advisory.waiver, subject: 'web:1' }, patch.affected, look),
    expected: [
      'waive CVE-2026-31337 for web:1 until 2026-12-31 23:59:59',
      '  because the handshake is never reached',
      '  payments answers for it',
      '  excuses 1 of 14 instances that are affected now, and what starts there later',
      '  It ends by itself then, and the case is due again.',
    ],
  },
  {
    shows: 'that one would excuse nothing',
    lines: renderWaiverPlan({ ...advisory.waiver, subject: 'redis' }, patch.affected, look),
    expected: [
      'waive CVE-2026-31337 for redis until 2026-12-31 23:59:59',
      '  because the handshake is never reached',
      '  payments answers for it',
      '  excuses nothing that runs now',
      '  It ends by itself then, and the case is due again.',
    ],
  },
]);
