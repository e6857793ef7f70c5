import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { AdoptedWorld, container } from '../../../../test/fakes/adopted-world.ts';

const world = new AdoptedWorld();
before(() => world.start());
after(() => world.end());

it('whois of a loopback address in a container claims no source that has seen it', async () => {
  await world.run(container('a'));
  const question = { ip: '127.0.0.1', port: null, at: null, scope: 'loopback/container/a' };
  const { instance, evidence, source } = world.loop.questions.whois(question);
  assert.deepEqual({ instance, evidence, source }, { instance: 'container/a', evidence: null, source: null });
});
