import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { AdoptedWorld } from '../../../../test/fakes/adopted-world.ts';

const world = new AdoptedWorld();
before(() => world.start());
after(() => world.end());

it('lint finds the external that nobody owns, and the one that nothing calls', () => {
  const content = `
teams: { payments: {} }
externals:
  bank: { addresses: 203.0.113.7, owner: payments }
  mail: { addresses: 203.0.113.8 }
`;
  const files = [{ name: 'sheer.yaml', content, directory: '/srv' }];
  world.loop.questions.declare(files, { dryRun: false, actor: 'ada' });
  const end = (holder: string, ip: string) => ({ holder, scope: '', ip });
  world.loop.view.calls.add({
    ...world.connection('', ''),
    source: 'tcp',
    client: end('node/n', ''),
    server: end('', '203.0.113.8'),
    port: 25,
  });
  const findings = world.loop.questions.lint().map(({ rule, subject }) => `${rule} ${subject}`);
  assert.deepEqual(findings, ['no-owner mail', 'declared-never-seen bank', 'seen-not-declared n → mail:25']);
});
