import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Attachments } from './attachments.ts';
import type { ContainerEvent } from './wire-event.ts';

const ID = 'a'.repeat(64);
const SHOP = { id: 'b'.repeat(64), name: 'shop' };
const BACK = { id: 'c'.repeat(64), name: 'back' };

const event = (action: 'connect' | 'disconnect', network = SHOP): ContainerEvent => ({
  kind: 'container',
  action,
  id: ID,
  at: 0,
  name: '',
  imageName: '',
  labels: {},
  network,
});

describe('what Docker’s networks know of a container that has not started', () => {
  let now: number;
  let attachments: Attachments;
  const given = new Map([
    [SHOP.id, ['10.0.0.2', 'fd00::2']],
    [BACK.id, ['10.0.1.2']],
  ]);
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    now = 100;
    attachments = new Attachments({
      addressesIn: async (network) => given.get(network.id) ?? [],
      clock: () => now,
    });
  });

  it('are its addresses in each of them', async () => {
    attachments.changed(event('connect'));
    attachments.changed(event('connect', BACK));
    await settled();
    assert.deepEqual(attachments.before(ID, 400), [
      { network: 'shop', ip: '10.0.0.2' },
      { network: 'shop', ip: 'fd00::2' },
      { network: 'back', ip: '10.0.1.2' },
    ]);
  });

  it('is not taken when it was said after the start: it may be of the next run', async () => {
    attachments.changed(event('connect'));
    await settled();
    assert.deepEqual(attachments.before(ID, 99), []);
  });

  it('is not waited for', () => {
    attachments.changed(event('connect'));
    assert.deepEqual(attachments.before(ID, 400), []);
  });

  it('is over with the run, or when the network is taken away', async () => {
    attachments.changed(event('connect'));
    attachments.changed(event('connect', BACK));
    await settled();
    attachments.changed(event('disconnect'));
    assert.deepEqual(attachments.before(ID, 400), [{ network: 'back', ip: '10.0.1.2' }]);
    attachments.forget(ID);
    assert.deepEqual(attachments.before(ID, 400), []);
  });
});
