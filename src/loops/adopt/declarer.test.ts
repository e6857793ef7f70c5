import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AdoptedWorld, NOW } from '../../../test/fakes/adopted-world.ts';

const SHEER_YAML = `
teams:
  payments: {}
services:
  checkout: { owner: payments, match: { name: checkout } }
`;

describe('a declaration', () => {
  const world = new AdoptedWorld();

  before(() => world.start());
  after(() => world.end());

  const declare = (name: string, content = SHEER_YAML) =>
    world.loop.questions.declare([{ name, content, directory: '/srv/shop' }], {
      dryRun: false,
      actor: 'ada',
    });

  it('is the same from wherever its file was named', () => {
    assert.equal(declare('sheer.yaml').changes.length, 2);
    for (const name of ['../shop/sheer.yaml', '/srv/shop/sheer.yaml', './sheer.yaml'])
      assert.deepEqual(declare(name).changes, [], name);
    assert.equal(
      world.loop.questions.services(NOW)[0]?.owner?.location,
      'sheer.yaml services.checkout.owner',
    );
  });

  it('that is wrong is refused under the name that was given', () => {
    assert.throws(
      () => declare('../shop/sheer.yaml', 'team: {}'),
      /^DeclarationError: \.\.\/shop\/sheer\.yaml:1:1/,
    );
  });
});
