import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallAnswer } from '#model';
import { fakeQuestions } from '../../../test/fakes/questions.ts';
import * as shop from '../../../test/fakes/shop-answers.ts';
import type { Look } from '../text/look.ts';
import { displayWidth } from '../text/width.ts';
import { renderLint, renderNext } from './advice.ts';
import { renderCalls, renderFlows } from './call-table.ts';
import { progressText, renderFlowImport } from './flow-import.ts';
import { renderInstances } from './instance-table.ts';
import { renderAudit, renderDeclaration, renderHeads, renderHistory, renderVerification } from './record.ts';
import { renderServices } from './service-table.ts';
import { renderCapabilities, renderSources, renderStatus } from './status.ts';
import { renderExternals, renderImages, renderNodes, renderTeams } from './thing-tables.ts';
import { renderWho } from './who.ts';
import { renderWhois } from './whois.ts';
import { renderWhy } from './why.ts';

const look: Look = { columns: 80, colour: false, now: shop.NOW, exact: false };
const questions = fakeQuestions();
const everything = { at: null, team: null, environment: null };
const who = questions.who('checkout');
const why = questions.why('web', 'orders-db', 5432);
const unnamedCall: CallAnswer = {
  ...shop.call,
  from: 'unknown',
  failed: 3,
  bytes: 12_345_678,
  evidence: ['declared', 'observed'],
  lastSeen: null,
};
const imported = {
  id: 'x',
  offset: 1,
  lines: 1000,
  named: 900,
  halfNamed: 50,
  unnamed: 30,
  malformed: 20,
  problems: [{ line: 7, problem: 'expected 14 fields, found 3' }],
  firstAt: '2026-11-22T01:00:00.000Z',
  lastAt: '2026-11-22T02:00:00.000Z',
};

interface Row {
  readonly shows: string;
  readonly lines: readonly string[];
  readonly expected: readonly string[];
}

const rows: readonly Row[] = [
  {
    shows: 'services, one without an owner',
    lines: renderServices(questions.services(everything), look),
    expected: [
      'service    application   environment   team       runs   ports   known by',
      'checkout   shop          production    payments      2   8080    declared',
      'worker     shop          production    no owner      1           compose',
      '',
      '2 services. 1 without an owner.                            sheer lint',
    ],
  },
  {
    shows: 'no services',
    lines: renderServices([], look),
    expected: ['no service has been seen or declared                       sheer sources'],
  },
  {
    shows: 'instances of one node, one of them in conflict',
    lines: renderInstances(
      [
        ...questions.instances({ ...everything, service: null }),
        {
          ...shop.checkoutInstance,
          conflict: ['production/shop/a', 'production/shop/b'],
          service: null,
          team: null,
        },
      ],
      look,
    ),
    expected: [
      'instance           service            team       address                 since',
      'checkout-7f9c4     checkout           payments   10.42.3.7               6 h ago',
      'redis-server 812   redis                         gone before it could…   6 h ago',
      'checkout-7f9c4     conflict: a or b              10.42.3.7               6 h ago',
      '',
      '3 instances. 1 matched by two services.                    sheer lint',
    ],
  },
  {
    shows: 'instances of two nodes',
    lines: renderInstances(
      [shop.checkoutInstance, { ...shop.redisProcess, node: 'node-3', state: 'exited' }],
      look,
    ),
    expected: [
      'instance        service    team       address         node     state     since',
      'checko…-7f9c4   checkout   payments   10.42.3.7       node-2   running   6 h ago',
      'redis-…er 812   redis                 gone before …   node-3   exited    6 h ago',
      '',
      '2 instances.                                               sheer whois ADDRESS',
    ],
  },
  {
    shows: 'images',
    lines: renderImages([shop.image], look),
    expected: [
      'image                  id             layers    size   made      runs   in',
      'localhost/…ckout:2.4   9a1e6c1f0b7d        7   84 MB   1 d ago      2   checkout',
      '',
      '1 image.                                                   sheer who IMAGE',
    ],
  },
  {
    shows: 'nodes',
    lines: renderNodes([shop.node], look),
    expected: [
      'node     system                      kernel   cpus   memory   runs   addresses',
      'node-2   Debian GNU/Linux 12 (boo…   6.18.0      2   4.2 GB     43   192.168.7.2',
    ],
  },
  {
    shows: 'teams',
    lines: renderTeams(
      [shop.team, { ...shop.team, id: 'web', name: 'web', contact: null, declared: false, externals: [] }],
      look,
    ),
    expected: [
      'team       contact     services   externals      known by',
      'payments   #payments   checkout   card-gateway   declared',
      'web                    checkout                  labels only',
    ],
  },
  {
    shows: 'externals',
    lines: renderExternals([shop.external], look),
    expected: [
      'external       team       addresses        called by   known by',
      'card-gateway   payments   203.0.113.0/24   checkout    declared',
    ],
  },
  {
    shows: 'calls, one without a name',
    lines: renderCalls([shop.call, unnamedCall], look),
    expected: [
      'from      to               opened   failed   bytes   last      known by',
      'web       orders-db:5432    1,204                    3 s ago   tcp',
      'unknown   orders-db:5432    1,204        3   12 MB             declared, tcp',
      '',
      '2 calls. 1 with an end that has no name.                   sheer flows --unknown',
    ],
  },
  {
    shows: 'flows, one end without a name',
    lines: renderFlows([shop.flow], look),
    expected: [
      'minute   from   to                         opened   verdict      why unknown',
      '08:29    web    unknown 10.42.3.200:5432        3   unanswered   nobody held it',
      '',
      '1 row, one per minute.                                  sheer whois IP --at TIME',
    ],
  },
  {
    shows: 'an address that an instance held',
    lines: renderWhois(shop.certainWhois, look),
    expected: [
      'checkout   (payments, production)                          certain',
      '  instance   checkout-7f9c4 on node-2, 02:11:04 – 02:19:37',
      '  id         container/7f9c4b2a1d3e',
      '  image      checkout@sha256:9a1e6c1f0b7d…',
      '  address    10.42.3.7 held 02:11:04.311 – 02:19:37.902    observed, podman',
      '  scope      network/node-2/podman',
      '',
      '  Before, it belonged to cart (until 01:58:20).',
      '  Since then the same address belonged to cart (02:20:00) and search (04:02:00).',
    ],
  },
  {
    shows: 'an address that nobody held',
    lines: renderWhois(shop.unknownWhois, look),
    expected: [
      'unknown: nobody held 10.42.3.7 between 01:58:20 and 02:11:04',
      '  No feed has a gap in that time, so the packet was sent to an address that was',
      '  free.',
      '',
      '  Before, it belonged to cart (until 01:58:20).',
    ],
  },
  {
    shows: "an address whose holder can't be known",
    lines: renderWhois(
      {
        ...shop.unknownWhois,
        reason: 'feed-had-a-gap',
        since: null,
        until: null,
        before: null,
        explanation: null,
      },
      look,
    ),
    expected: [
      'unknown: who held 10.42.3.7 at 02:10:00',
      '  A feed that could have known was interrupted then.',
    ],
  },
  {
    shows: 'an address with two candidates',
    lines: renderWhois(shop.ambiguousWhois, look),
    expected: [
      'ambiguous: 2 could have held 10.42.3.7 at 02:10:00',
      '  cart   cart-1   (shop)   01:50:00 – 01:58:20   network/node-2/podman',
      '  cart   cart-2   (shop)   02:09:00 – 04:00:00   network/node-2/podman',
      '  Podman was not heard between 01:58:20 and 02:11:04, and one of them held it',
      '  then.',
    ],
  },
  {
    shows: 'an inferred name, and other scopes',
    lines: renderWhois(
      {
        ...shop.certainWhois,
        confidence: 'inferred',
        how: 'the socket that listens on port 443 is its',
        before: null,
        after: [],
        elsewhere: [shop.cartAfter],
      },
      look,
    ),
    expected: [
      'checkout   (payments, production)                          inferred',
      '  instance   checkout-7f9c4 on node-2, 02:11:04 – 02:19:37',
      '  id         container/7f9c4b2a1d3e',
      '  image      checkout@sha256:9a1e6c1f0b7d…',
      '  address    10.42.3.7 held 02:11:04.311 – 02:19:37.902    observed, podman',
      '  scope      network/node-2/podman',
      '  derived: the socket that listens on port 443 is its',
      '',
      '  The same address in other scopes:',
      '  cart   cart-2   (shop)   02:20:00 – 04:00:00   network/node-2/podman',
      '  next   sheer whois 10.42.3.7 --scope network/node-2/podman',
    ],
  },
  {
    shows: 'an external',
    lines: renderWhois(
      {
        ...shop.certainWhois,
        kind: 'external',
        external: 'card-gateway',
        instance: null,
        instanceName: null,
        service: null,
        node: null,
        image: null,
        environment: null,
        since: null,
        until: null,
        evidence: 'declared',
        source: 'declare',
        before: null,
        after: [],
      },
      look,
    ),
    expected: [
      'card-gateway   (payments)                                  certain',
      '  address    10.42.3.7                                     declared, declare',
      '  scope      network/node-2/podman',
    ],
  },
  {
    shows: 'who a service is',
    lines: renderWho(who, look),
    expected: [
      'checkout   (payments, production)                          service',
      '',
      '  running now   1 instance on node-2',
      '  owned by      payments                                 declared, sheer.yaml:14',
      '                not web                              overruled: label, owner=web',
      '  called by     web (shop)',
      '',
      '  web   checkout:8080   1,204   3 s ago   tcp',
      '',
      '  next   sheer history production/shop/checkout',
    ],
  },
  {
    shows: 'who runs an image',
    lines: renderWho({ ...who, kind: 'image', subject: shop.image.id }, look),
    expected: [
      'sha256:9a1e6c1f0b7d…   (payments, production)              image',
      '',
      '  running now   1 instance on node-2',
      '  called by     web (shop)',
      '',
      '  checkout   payments   production   2 instances',
      '',
      '  web   checkout:8080   1,204   3 s ago   tcp',
      '',
      '  next   sheer images',
    ],
  },
  {
    shows: 'a call that was seen',
    lines: renderWhy(why, look),
    expected: [
      'yes, observed; not declared',
      '  web opened 1,204 connections to orders-db:5432           observed, tcp',
      '    the last one 3 s ago',
      '  no team has declared this call                         sheer declare --suggest',
      '  policy: not enforced',
    ],
  },
  {
    shows: 'a call that was declared and never seen',
    lines: renderWhy(
      {
        ...why,
        calls: [{ ...shop.call, evidence: ['declared'], connections: null, lastSeen: null }],
        answer: 'declared, never observed',
      },
      look,
    ),
    expected: [
      'declared, but never observed',
      '  it was declared                                          sheer lint',
      '  policy: not enforced',
    ],
  },
  {
    shows: 'no call',
    lines: renderWhy({ ...why, calls: [], answer: 'no' }, look),
    expected: [
      'no, neither observed nor declared',
      '  nothing has been seen from web to orders-db:5432         sheer calls',
      '  policy: not enforced',
    ],
  },
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
      'audit   7:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1',
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
      '✔ audit   7 records, unbroken',
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
      '  - service production/shop/cart',
      '  ! nothing matches the selector of web',
    ],
  },
  {
    shows: 'an import',
    lines: renderFlowImport(imported, look),
    expected: [
      '1,000 lines, 01:00:00 – 02:00:00',
      '  named at both ends   900   90 %',
      '  at one end            50    5 %',
      '  at none               30    3 %',
      '  malformed             20    2 %',
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
];

describe('what a person sees', () => {
  for (const { shows, lines, expected } of rows) {
    it(`shows ${shows}`, () => {
      assert.deepEqual(lines, expected);
      for (const line of lines.filter((text) => !/sheer |[0-9a-f]{64}/.test(text)))
        assert.ok(displayWidth(line) <= 80, line);
    });
  }
});

describe('what a pipe gets', () => {
  const pipe: Look = { ...look, columns: null };

  it('is never cut', () => {
    const text = [
      ...renderWhois(shop.certainWhois, pipe),
      ...renderInstances([shop.checkoutInstance], pipe),
      ...renderImages([shop.image], pipe),
    ].join('\n');
    assert.doesNotMatch(text, /…/);
    for (const value of [shop.checkoutInstance.id, shop.image.id, shop.certainWhois.image ?? '']) {
      assert.ok(text.includes(value), value);
    }
  });

  it('has exact times where they were asked for', () => {
    const text = renderWhois(shop.certainWhois, { ...pipe, exact: true }).join('\n');
    assert.match(text, /held 2026-11-22T02:11:04\.311Z – 2026-11-22T02:19:37\.902Z/);
  });
});

describe('colours', () => {
  it('say nothing that the words do not say', () => {
    // oxlint-disable-next-line no-control-regex -- they are what is taken away
    const codes = /\u001b\[\d+m/g;
    for (const whois of [shop.certainWhois, shop.unknownWhois, shop.ambiguousWhois]) {
      const painted = renderWhois(whois, { ...look, colour: true }).join('\n');
      assert.match(painted, codes);
      assert.equal(painted.replaceAll(codes, ''), renderWhois(whois, look).join('\n'));
    }
  });
});
