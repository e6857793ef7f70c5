import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeGolden } from '../../../test/fakes/golden.conformance.ts';
import { fakeQuestions } from '../../../test/fakes/questions.ts';
import * as shop from '../../../test/fakes/shop-answers.ts';
import type { Look } from '../text/look.ts';
import { renderInstances } from './instance-table.ts';
import { renderImages } from './thing-tables.ts';
import { renderWho } from './who.ts';
import { renderWhois } from './whois.ts';
import { renderWhy } from './why.ts';

const look: Look = { columns: 80, colour: false, now: shop.NOW, exact: false };
const questions = fakeQuestions();
const who = questions.who('checkout');
const why = questions.why('web', 'orders-db', 5432);

describeGolden('answers', [
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
    shows: 'an address before anything was observed',
    lines: renderWhois(
      {
        ...shop.unknownWhois,
        reason: 'before-observation-began',
        since: null,
        until: '2025-01-02T03:04:05.000Z',
        before: null,
        after: [],
      },
      look,
    ),
    expected: [
      'unknown: who held 10.42.3.7 at 02:10:00',
      '  That is before Sheerline began to look at 2025-01-02 03:04:05.',
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
]);

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
