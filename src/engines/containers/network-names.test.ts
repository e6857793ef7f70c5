import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NetworkNames } from './network-names.ts';
import type { NetworkSubnets } from './wire.ts';

const SHOP: NetworkSubnets = { name: 'shop', subnets: ['10.1.0.0/24'] };
const PAY: NetworkSubnets = { name: 'pay', subnets: ['10.2.0.0/24'] };

describe('the network that an address belongs to', () => {
  it('is the only one that the container is attached to, or the one whose subnet has it', async () => {
    const names = new NetworkNames(async () => [SHOP, PAY]);
    assert.equal(await names.nameOf('10.9.9.9', ['shop']), 'shop');
    assert.equal(await names.nameOf('10.2.0.7', []), 'pay');
    assert.equal(await names.nameOf('10.2.0.7', ['shop', 'other']), null);
    assert.equal(await names.nameOf('10.9.9.9', []), null);
  });

  it('is found although it was made after the question that is under way', async () => {
    const answers: ((networks: readonly NetworkSubnets[]) => void)[] = [];
    const names = new NetworkNames(() => new Promise((resolve) => answers.push(resolve)));
    const before = names.refresh();
    const found = names.nameOf('10.2.0.7', []);
    answers[0]?.([SHOP]);
    await before;
    await new Promise((resolve) => setImmediate(resolve));
    answers[1]?.([SHOP, PAY]);
    assert.equal(await found, 'pay');
  });

  it('is not known when the engine does not answer', async () => {
    const names = new NetworkNames(() => Promise.reject(new Error('out of order')));
    assert.equal(await names.nameOf('10.2.0.7', []), null);
  });
});
