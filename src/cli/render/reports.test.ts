import { describeGolden } from '../../../test/fakes/golden.conformance.ts';
import { fakeQuestions } from '../../../test/fakes/questions.ts';
import * as shop from '../../../test/fakes/shop-answers.ts';
import type { Look } from '../text/look.ts';
import { renderLint, renderNext } from './advice.ts';
import { progressText, renderFlowImport } from './flow-import.ts';
import { renderAudit, renderDeclaration, renderHeads, renderHistory, renderVerification } from './record.ts';
import { renderCapabilities, renderSources, renderStatus } from './status.ts';

const look: Look = { columns: 80, colour: false, now: shop.NOW, exact: false };
const questions = fakeQuestions();
const imported = {
  id: 'x',
  offset: 1,
  checksum: 0,
  lines: 1000,
  named: 900,
  halfNamed: 50,
  unnamed: 30,
  malformed: 20,
  problems: [{ line: 7, problem: 'expected 14 fields, found 3' }],
  firstAt: '2026-11-22T01:00:00.000Z',
  lastAt: '2026-11-22T02:00:00.000Z',
};

describeGolden('reports', [
  {
    shows: 'the status',
    lines: renderStatus(shop.status, look),
    expected: [
      'sheerline 0.1.0   http://127.0.0.1:7420',
      'up for 3 h on node-2, pid 4242, 120 MB',
      'state in /home/ada/.local/state/sheerline',
      '',
      '  podman      podman 4.3.1       12 instances   live',
      '  conntrack   conntrack events                  inactive',
      '      the program conntrack is missing (apt-get install conntrack)',
      '',
      '  43 instances in 9 services of 3 teams. 2 have no owner.   sheer lint',
      '  41 calls, all named.                                     sheer calls',
    ],
  },
  {
    shows: 'a source that lost events, and is stale',
    lines: renderSources([{ ...shop.sources[0]!, state: 'stale', ageMs: 42_000, lost: 1204 }], look),
    expected: ['podman   podman 4.3.1   12 instances   stale, heard 42 s ago, 1,204 events lost'],
  },
  {
    shows: 'capabilities',
    lines: renderCapabilities(shop.capabilities, look),
    expected: [
      'podman   engine',
      '  instances   container',
      '  images      yes',
      '  changes     events',
      '',
      'vpc   format',
      '  bytes      yes',
      '  verdicts   yes',
    ],
  },
  {
    shows: 'findings',
    lines: renderLint(
      [
        shop.finding,
        { ...shop.finding, rule: 'seen-not-declared', message: 'web calls orders-db:5432', evidence: [] },
      ],
      look,
    ),
    expected: [
      '2 findings',
      '',
      '  no owner   1',
      '    worker has no owner                                  sheer declare --suggest',
      '      no label, CODEOWNERS line or catalog file names one',
      '',
      '  seen, not declared   1',
      '    web calls orders-db:5432                             sheer declare --suggest',
    ],
  },
  {
    shows: 'no findings',
    lines: renderLint([], look),
    expected: ['nothing to do: all is owned, and as it was declared        sheer next'],
  },
  {
    shows: 'the next step',
    lines: renderNext([shop.nextStep], look),
    expected: [
      'give worker an owner                                     sheer declare --suggest',
      '  nobody would be called when it fails',
      '    checkout calls it 40 times a minute',
    ],
  },
  {
    shows: 'one step, and how many come after it',
    lines: renderNext([shop.nextStep, shop.nextStep], look).slice(3),
    expected: ['', '1 step after this one.                                     sheer lint'],
  },
  {
    shows: 'audit records',
    lines: renderAudit(shop.auditRecords.slice(0, 2), look),
    expected: [
      '1   08:00:00   assert team team-1                          ada, declare',
      '2   08:00:00   assert team team-2                          ada, declare',
    ],
  },
  {
    shows: 'heads',
    lines: renderHeads(shop.status.streams),
    expected: [
      'audit          7:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1',
      'observations   812:b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2',
    ],
  },
  {
    shows: 'a history',
    lines: renderHistory([shop.historyEntry], look),
    expected: [
      '02:11:04   instance: running on node-2                     observed, podman',
      '             state   created → running',
    ],
  },
  {
    shows: 'a broken record',
    lines: renderVerification(
      {
        streams: [
          ...questions.auditVerify(null).streams,
          {
            stream: 'observations',
            ok: false,
            records: null,
            erased: null,
            head: null,
            position: 812,
            problem: 'edited',
            explanation: 'its content does not fit its hash',
          },
        ],
      },
      look,
    ),
    expected: [
      '✔ audit          7 records, unbroken',
      '✘ observations   record 812 was edited',
      '    its content does not fit its hash',
    ],
  },
  {
    shows: 'a plan',
    lines: renderDeclaration(
      {
        changes: [
          { change: 'added', kind: 'team', id: 'payments' },
          { change: 'removed', kind: 'service', id: 'production/shop/cart' },
        ],
        warnings: ['nothing matches the selector of web'],
        applied: false,
      },
      look,
    ),
    expected: [
      'plan: 2 changes',
      '  + team payments',
      '  - service shop/cart (production)',
      '  ! nothing matches the selector of web',
    ],
  },
  {
    shows: 'an import',
    lines: renderFlowImport(imported, look),
    expected: [
      '1,000 lines, 01:00:00 – 02:00:00',
      '  named at both ends   900   91 %',
      '  named at one end      50    5 %',
      '  named at no end       30    3 %',
      '  malformed             20',
      '    line 7: expected 14 fields, found 3',
      '    and 19 more',
      '                                                           sheer flows --unknown',
    ],
  },
  {
    shows: 'the progress of an import',
    lines: [progressText({ bytes: 1.3e9, totalBytes: 3.1e9, lines: 12_000_000 })],
    expected: ['   41 %   1.3 GB of 3.1 GB   12,000,000 lines'],
  },
]);
