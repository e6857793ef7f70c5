import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { NO_HOLDER } from '#graph';
import { AdoptedWorld } from '../../../test/fakes/adopted-world.ts';
import { LogResolver } from './log-resolver.ts';

const world = new AdoptedWorld();
before(() => world.start());
after(() => world.end());

it('an external of one network does not name the same address in the log of another', () => {
  const content = 'externals:\n  ledger: { addresses: "fd00::7", scope: vpc/old }\n';
  world.loop.questions.declare([{ name: 'sheer.yaml', content, directory: '/srv' }], {
    dryRun: false,
    actor: 'ada',
  });
  const holderIn = (scope: string): number =>
    new LogResolver(world.loop.view, scope).resolve6('fd00::7', 1, 1);
  assert.notEqual(holderIn('vpc/old'), NO_HOLDER);
  assert.equal(holderIn('vpc/new'), NO_HOLDER);
});
