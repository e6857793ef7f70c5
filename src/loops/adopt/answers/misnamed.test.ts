import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AdoptedWorld, container, NOW } from '../../../../test/fakes/adopted-world.ts';

const SHEER_YAML = `
teams:
  payments: {}
services:
  checkout:
    owner: payments
    match: { name: nothing-of-it-runs }
`;

describe('a name that nothing has', () => {
  const world = new AdoptedWorld();
  const ask = () => world.loop.questions;
  const flows = (from: string) =>
    ask().flows({ since: 0, until: world.now, from, to: null, unknown: false, limit: 10 });

  before(async () => {
    await world.start();
    await world.run(container('redis-server'));
    const file = { name: 'sheer.yaml', content: SHEER_YAML, directory: '/srv' };
    ask().declare([file], { dryRun: false, actor: 'ada' });
  });

  after(() => world.end());

  const refusals: readonly (readonly [string, () => unknown, string])[] = [
    ['who', () => ask().who('paymnts'), '(did you mean "payments"?)'],
    ['who, by a part of the name', () => ask().who('redis'), '(did you mean "redis-server"?)'],
    ['why', () => ask().why('chekout', 'redis-server', null), '(did you mean "checkout"?)'],
    ['history', () => ask().history('chekout', 9), '(did you mean "checkout"?)'],
    ['next', () => ask().next('chekout'), '(did you mean "checkout"?)'],
    ['a team', () => ask().services({ ...NOW, team: 'payment' }), '(did you mean "payments"?)'],
    ['an environment', () => ask().images({ ...NOW, environment: 'defalt' }), '(did you mean "default"?)'],
    ['a service', () => ask().instances({ ...NOW, service: 'chekout' }), '(did you mean "checkout"?)'],
    ['an end of flows', () => flows('redis-servr'), '(did you mean "redis-server"?)'],
    ['nothing like it', () => ask().next('zzz'), 'there is no service "zzz"'],
  ];
  for (const [what, question, end] of refusals) {
    it(`is refused, with the one that was probably meant: ${what}`, () => {
      assert.throws(question, (error: Error & { code?: string }) => {
        assert.equal(error.code, 'not-found');
        assert.ok(error.message.endsWith(end), error.message);
        return true;
      });
    });
  }

  it('is not one of which there is nothing', () => {
    assert.deepEqual(ask().instances({ ...NOW, team: 'payments', service: null }), []);
    assert.deepEqual(
      ask()
        .services({ ...NOW, at: 0 })
        .filter(({ instances }) => instances > 0),
      [],
    );
    assert.deepEqual([...flows('checkout'), ...flows('10.1.2.3'), ...flows('internet')], []);
  });
});
