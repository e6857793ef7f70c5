import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AdoptedWorld, container, NOW } from '../../../../test/fakes/adopted-world.ts';
import { until } from '../../../../test/fakes/until.ts';

const ITSELF = 'default/default/sheerline';
const NODE = { kind: 'process', engine: 'processes', executable: '/usr/bin/node' } as const;

describe('the control plane itself', () => {
  let world: AdoptedWorld;

  beforeEach(async () => {
    world = new AdoptedWorld();
    await world.start();
    await world.run(
      container('sheerline', { data: { ...NODE, isControlPlane: true } }),
      container('node', { data: NODE, ip: '10.88.0.3' }),
    );
    await world.call('node', 'sheerline', 7420);
  });
  afterEach(() => world.end());

  const owners = () =>
    world.loop.questions.services(NOW).map(({ id, team, derivedFrom }) => [id, team, derivedFrom]);
  const declare = (content: string) =>
    world.loop.questions.declare([{ name: 'sheer.yaml', content, directory: '/srv' }], {
      dryRun: false,
      actor: 'ada',
    });

  it('is a service that asks nobody for an owner', () => {
    const { questions } = world.loop;
    assert.deepEqual(owners(), [
      ['default/default/node', null, 'executable'],
      [ITSELF, null, 'itself'],
    ]);
    assert.equal(questions.status().counts.unowned, 1, 'the other one');
    assert.ok(questions.lint().every(({ subject }) => subject !== ITSELF));
    assert.ok(questions.next(null).every(({ service }) => service !== ITSELF));
    assert.deepEqual(questions.next(ITSELF), []);
    assert.doesNotMatch(questions.suggest(), /sheerline:|service: sheerline/);
  });

  it('is not taken by a selector for the interpreter that runs it', () => {
    declare(world.loop.questions.suggest());
    declare('services: { scripts: { match: { executable: node } } }');
    assert.deepEqual(owners(), [
      ['default/default/scripts', null, 'selector'],
      [ITSELF, null, 'itself'],
    ]);
  });

  it('belongs to whom it is declared to', () => {
    declare(
      'teams: { platform: {} }\nservices: { sheerline: { match: { name: sheerline }, owner: platform } }',
    );
    assert.deepEqual(owners().at(-1), [ITSELF, 'platform', 'selector']);
  });

  it('does not hide a service of others that is called like it', async () => {
    const data = { ...NODE, workingDirectory: '/srv/sheerline' };
    await world.run(
      container('sheerline', { data: { ...NODE, isControlPlane: true } }),
      container('other', { data, ip: '10.88.0.4' }),
    );
    await until(() => owners().length === 1);
    assert.deepEqual(owners(), [[ITSELF, null, 'executable']]);
    assert.equal(world.loop.questions.status().counts.unowned, 1);
  });
});
