import type { CallAnswer } from '#model';
import { describeGolden } from '../../../test/fakes/golden.conformance.ts';
import { fakeQuestions } from '../../../test/fakes/questions.ts';
import * as shop from '../../../test/fakes/shop-answers.ts';
import type { Look } from '../text/look.ts';
import { renderCalls, renderFlows } from './call-table.ts';
import { renderInstances } from './instance-table.ts';
import { renderServices } from './service-table.ts';
import { renderExternals, renderImages, renderNodes, renderTeams } from './thing-tables.ts';

const look: Look = { columns: 80, colour: false, now: shop.NOW, exact: false };
const questions = fakeQuestions();
const everything = { at: null, team: null, environment: null };
const unnamedCall: CallAnswer = {
  ...shop.call,
  from: 'unknown',
  failed: 3,
  bytes: 12_345_678,
  evidence: ['declared', 'observed'],
  lastSeen: null,
};

describeGolden('tables', [
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
      'image          id             layers    size   made      runs   in',
      'checkout:2.4   9a1e6c1f0b7d        7   84 MB   1 d ago      2   checkout',
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
    shows: 'calls of containers whose engine nobody follows, by their short ids',
    lines: renderCalls([{ ...shop.call, from: `container/${'a1'.repeat(32)}` }], { ...look, columns: null }),
    expected: [
      'from                     to               opened   last      known by',
      'container/a1a1a1a1a1a1   orders-db:5432    1,204   3 s ago   tcp',
      '',
      '1 call. All named.                                         sheer why A B',
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
]);
