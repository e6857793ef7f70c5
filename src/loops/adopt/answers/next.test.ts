import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AdoptedWorld, container } from '../../../../test/fakes/adopted-world.ts';

describe('the next step', () => {
  const world = new AdoptedWorld();

  before(async () => {
    await world.start();
    await world.run(
      container('aaaaaaaa'),
      container('bbbbbbbb', { ip: '10.88.0.3' }),
      container('cccccccc', { ip: '10.88.0.4' }),
    );
    await world.call('aaaaaaaa', 'bbbbbbbb', 80);
    await world.call('aaaaaaaa', 'cccccccc', 80);
    await world.call('bbbbbbbb', 'cccccccc', 80);
  });

  after(() => world.end());

  it('is for the service that most others call, of those that need the same', () => {
    assert.deepEqual(
      world.loop.questions.next(null).map(({ evidence }) => evidence[0]),
      ['cccccccc has no owner', 'bbbbbbbb has no owner', 'aaaaaaaa has no owner'],
    );
  });
});
