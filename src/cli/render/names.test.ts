import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sourcesText, subjectText } from './names.ts';

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

  it('an import is a flow log, however many told of it', () => {
    assert.equal(sourcesText(['import:1a', 'import:2b', 'tcp']), 'flow log, tcp');
  });
});
