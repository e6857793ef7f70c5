import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sourcesText, subjectText, waivedText } from './names.ts';

describe('names for people', () => {
  for (const [kind, id, text] of [
    ['service', 'default/default/web', 'service web'],
    ['service', 'production/shop/cart', 'service shop/cart (production)'],
    ['call', 'default/default/web>test/shop/cart:80', 'call web → shop/cart (test):80'],
    ['call', 'default/default/web>default/default/dns:53/udp', 'call web → dns:53/udp'],
    ['call', 'default/default/web>bank:*', 'call web → bank'],
    ['external', 'bank', 'external bank'],
  ] as const) {
    it(`are as sheer.yaml writes them: ${id}`, () => assert.equal(subjectText(kind, id), text));
  }

  for (const [subject, text] of [
    ['production/shop/cart', 'shop/cart (production)'],
    ['registry.example:5000/shop/cart:1', 'shop/cart:1'],
    ['container/48e1f0aa12b3cc00', 'container/48e1f0aa12b3'],
    ['payments', 'payments'],
  ] as const) {
    it(`what a waiver is for tells services from images: ${subject}`, () => {
      assert.equal(waivedText({ columns: 80, colour: false, now: 0, exact: false }, subject), text);
    });
  }

  it('an import is a flow log, however many told of it', () => {
    assert.equal(sourcesText(['import:1a', 'import:2b', 'tcp']), 'flow log, tcp');
  });
});
