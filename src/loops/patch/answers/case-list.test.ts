import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { advisory, DAY_MS, PatchWorld } from '../patch-world.fixture.ts';

const EVERY_CASE = { state: null, team: null, severity: null, overdue: false, limit: null };

describe('the list of cases', () => {
  let world: PatchWorld;
  beforeEach(async () => {
    world = new PatchWorld().start();
    const web = world.image('web:1', ['openssl 3.0.11-1', 'zlib1g 1:1.2.13-1', 'bash 5.2-1']);
    world.run('web-1', web);
    world.run('cart-1', world.image('cart:1', ['bash 5.2-1']), { service: 'test/pay/cart' });
    await world.settled();
    await world.publish(
      advisory('CVE-2026-1', 'openssl < 3.0.12-1', { severity: 'low' }),
      advisory('CVE-2026-2', 'zlib1g < 1:1.3-1', { severity: 'critical' }),
      advisory('CVE-2026-3', 'bash < 5.3-1', { severity: 'medium' }),
      advisory('CVE-2026-4', 'openssl < 3.0.13-1', { severity: 'medium' }),
    );
  });
  afterEach(() => world.end());

  const list = (filter: Partial<Parameters<typeof world.ask.cases>[0]> = {}): readonly string[] =>
    world.ask.cases({ ...EVERY_CASE, ...filter }).map(({ vulnerability }) => vulnerability.slice(-1));

  it('begins with what is due first, then with what more of what runs holds', () => {
    assert.deepEqual(list(), ['2', '3', '4', '1']);
    assert.deepEqual(list({ limit: 2 }), ['2', '3']);
  });

  it('is of a team, of a severity, or of what is overdue', () => {
    assert.deepEqual(list({ severity: 'medium' }), ['3', '4']);
    assert.deepEqual(list({ team: 'pay' }), ['3']);
    assert.deepEqual(list({ overdue: true }), []);
    world.now += 3 * DAY_MS;
    assert.deepEqual(list({ overdue: true }), ['2']);
    assert.throws(() => list({ team: 'pax' }), {
      message: 'there is no team "pax" (did you mean "pay"?)',
      next: 'sheer teams',
    });
  });

  it('is counted as it is listed', () => {
    world.now += 31 * DAY_MS;
    for (const state of [null, 'open', 'closed'] as const) {
      for (const team of [null, 'pay']) {
        const filter = { ...EVERY_CASE, state, team };
        const cases = world.ask.cases(filter);
        const open = cases.filter((one) => one.state === 'open').length;
        const overdue = cases.filter((one) => one.overdue).length;
        assert.deepEqual(world.ask.caseCounts(filter), { open, closed: cases.length - open, overdue });
      }
    }
    assert.deepEqual(world.ask.caseCounts(EVERY_CASE), { open: 4, closed: 0, overdue: 3 });
  });

  it('looks up no advisory to count what is too young to be overdue', (t) => {
    const looked = t.mock.method(world.advisories, 'byId');
    assert.deepEqual(world.ask.caseCounts(EVERY_CASE), { open: 4, closed: 0, overdue: 0 });
    assert.equal(looked.mock.callCount(), 0);
  });
});
