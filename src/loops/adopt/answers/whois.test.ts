import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { AdoptedWorld, BEGINNING, container } from '../../../../test/fakes/adopted-world.ts';

const world = new AdoptedWorld();
before(() => world.start());
after(() => world.end());

it('whois of a loopback address in a container claims no source that has seen it', async () => {
  await world.run(container('a'));
  const question = { ip: '127.0.0.1', port: null, at: null, scope: 'loopback/container/a' };
  const { instance, evidence, source } = world.loop.questions.whois(question);
  assert.deepEqual({ instance, evidence, source }, { instance: 'container/a', evidence: null, source: null });
});

it('whois of the loopback address before anything was observed knows nothing, as of any other address', () => {
  const kindAt = (ip: string, at: number) => {
    const { kind, reason, confidence } = world.whois(ip, at);
    return [kind, reason, confidence];
  };
  const early = BEGINNING - 3_600_000;
  const nothing = ['unknown', 'before-observation-began', null];
  assert.deepEqual(kindAt('127.0.0.1', early), nothing);
  assert.deepEqual(kindAt('10.88.0.9', early), nothing);
});
