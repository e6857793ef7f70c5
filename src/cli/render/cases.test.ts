import { describeGolden } from '../../../test/fakes/golden.conformance.ts';
import * as patch from '../../../test/fakes/patch-answers.ts';
import { NOW } from '../../../test/fakes/shop-answers.ts';
import type { CaseAnswer } from '#model';
import type { Look } from '../text/look.ts';
import { renderCase, renderCases, type CasesReport } from './cases.ts';
import { renderProof } from './proof.ts';

const look: Look = { columns: 80, colour: false, now: NOW, exact: false };

const CLOSED: CaseAnswer = {
  ...patch.openCase,
  vulnerability: 'CVE-2026-2',
  state: 'closed',
  closedAt: patch.openCase.openedAt,
  dueAt: null,
  overdue: false,
  severity: 'low',
  owners: [],
  environments: [],
  instances: 0,
  excused: 0,
};

const report = (cases: readonly CaseAnswer[]): CasesReport => ({ cases, counts: null, filter: {} });

describeGolden('cases and proofs', [
  {
    shows: 'an overdue case and a closed one',
    lines: renderCases(report([patch.openCase, CLOSED]), look),
    expected: [
      'case             severity   runs   due              owners         in',
      'CVE-2026-31337   high         14   overdue by 1 d   payments an…   production a…',
      'CVE-2026-2       low           0   closed 2 d ago',
      '',
      '1 open case. 1 closed case. 1 overdue.                     sheer case ID',
    ],
  },
  {
    shows: 'that no case is open',
    lines: renderCases({ cases: [], counts: null, filter: { state: 'open' } }, look),
    expected: ['no case: nothing that runs is known to be vulnerable     sheer advisories status'],
  },
  {
    shows: 'how many more there are',
    lines: renderCases(
      {
        cases: [{ ...patch.openCase, severity: 'unknown' }],
        counts: { open: 1204, closed: 7, overdue: 3 },
        filter: { state: 'open' },
      },
      look,
    ).slice(1),
    expected: [
      'CVE-2026-31337   not rated     14   overdue by 1 d   payments an…   production …',
      'and 1,203 more: --limit shows them, --team, --severity and --overdue fewer',
      '',
      '1,204 open cases. 3 overdue.                               sheer case ID',
    ],
  },
  {
    shows: 'what there is none of',
    lines: renderCases(
      { cases: [], counts: null, filter: { state: 'open', team: 'shop', overdue: true } },
      look,
    ),
    expected: ['no overdue open case of shop                             sheer advisories status'],
  },
  {
    shows: 'that none was closed',
    lines: renderCases({ cases: [], counts: null, filter: { state: 'closed' } }, look),
    expected: ['no case was closed yet                                   sheer advisories status'],
  },
  {
    shows: 'a case with its timeline',
    lines: renderCase(patch.openCase, look),
    expected: [
      'open   high, overdue by 1 d                                CVE-2026-31337',
      '  CVE-2026-31337 (DSA-5999-1): out of bounds write in the handshake',
      '',
      '  still held by    14 instances, 2 of them excused',
      '  owners           payments, shop',
      '  environments     production, test',
      '  opened           2 d ago, opened again once',
      '',
      '  2026-11-20 08:30:00   published',
      '  08:10:00   open: 14 instances hold it   (patch)',
      '',
      '  next   sheer fix plan CVE-2026-31337',
    ],
  },
  {
    shows: 'what still holds it, and what could not be looked at',
    lines: renderProof(patch.proof, look),
    expected: [
      'not proven: 1 of 4 instances still runs it',
      '  billing-batch-2 on node-3 (billing, payments), started 07:41:00 from',
      '  sha256:777777777777…',
      '    libssl3 3.0.11-1~deb12u2, read from its root file system',
      '    started from billing:1 as it was before',
      '  1 instance: package files read from their root file systems, libssl3',
      '  3.0.22-1~deb12u2',
      '  1 instance: by the digests of their images, their live files were not read,',
      '  libssl3 3.0.22-1~deb12u2',
      '  not looked at: process/3f2a9c11/812/10422: it runs on node-9',
      '  20 other instances: by their lists, nothing of that package is in them',
      '  looked at 08:30:00',
      '',
      '  next   sheer fix plan CVE-2026-31337',
    ],
  },
  {
    shows: 'that it is gone',
    lines: renderProof({ ...patch.proof, proven: true, holding: [], notLooked: [], others: 0 }, look),
    expected: [
      'proven: none of 2 instances runs it',
      '  1 instance: package files read from their root file systems, libssl3',
      '  3.0.22-1~deb12u2',
      '  1 instance: by the digests of their images, their live files were not read,',
      '  libssl3 3.0.22-1~deb12u2',
      '  looked at 08:30:00',
      '',
      '  next   sheer case CVE-2026-31337',
    ],
  },
  {
    shows: 'that some may still hold it',
    lines: renderProof({ ...patch.proof, holding: [], others: 0 }, look),
    expected: [
      'not proven: 1 of 3 instances could not be looked at, the others are free of it',
      '  1 instance: package files read from their root file systems, libssl3',
      '  3.0.22-1~deb12u2',
      '  1 instance: by the digests of their images, their live files were not read,',
      '  libssl3 3.0.22-1~deb12u2',
      '  not looked at: process/3f2a9c11/812/10422: it runs on node-9',
      '  looked at 08:30:00',
      '',
      '  next   sheer fix plan CVE-2026-31337',
    ],
  },
  {
    shows: 'that nobody can tell',
    lines: renderProof({ ...patch.proof, holding: [], looked: [], others: 0 }, look),
    expected: [
      'not proven: none of 1 instance could be looked at',
      '  not looked at: process/3f2a9c11/812/10422: it runs on node-9',
      '  looked at 08:30:00',
      '',
      '  next   sheer fix plan CVE-2026-31337',
    ],
  },
]);
