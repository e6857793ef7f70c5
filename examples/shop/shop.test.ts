import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Shop, startShop, type TrueCall } from './shop.ts';

/** 40 visits: 20 of the front page, 10 of the cart, 10 of the checkout. */
const VISITS = 40;

describe('the example shop, as processes', () => {
  it('makes exactly the calls that its visitors cause, and counts them', async () => {
    const { calls } = await visit({ keepAlive: false });
    assert.deepEqual(requestsOf(calls), {
      'traffic → web': 40,
      'web → catalog': 20,
      'web → cart': 10,
      'web → checkout': 10,
      'cart → catalog': 10,
      'checkout → payments': 10,
    });
    for (const call of calls) assert.equal(call.connections, call.requests, `${call.from} → ${call.to}`);
  });

  it('needs few connections where they are kept', async () => {
    const { calls } = await visit({ keepAlive: true });
    for (const call of calls) assert.ok(call.connections < call.requests, `${call.from} → ${call.to}`);
  });

  it('leaves nothing behind', async () => {
    const { services } = await visit({ keepAlive: true });
    assert.equal(services.length, 6);
    for (const { name, pid } of services) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, name);
  });
});

async function visit(options: { readonly keepAlive: boolean }) {
  const shop: Shop = await startShop({
    engine: 'processes',
    stores: [],
    requests: VISITS,
    requestsPerSecond: 100,
    ...options,
  });
  try {
    await shop.trafficDone();
    const calls = await shop.truth();
    assert.deepEqual(
      calls.filter((call) => call.failed > 0),
      [],
    );
    return { services: shop.services, calls };
  } finally {
    await shop.stop();
  }
}

function requestsOf(calls: readonly TrueCall[]): Readonly<Record<string, number>> {
  return Object.fromEntries(calls.map((call) => [`${call.from} → ${call.to}`, call.requests]));
}
