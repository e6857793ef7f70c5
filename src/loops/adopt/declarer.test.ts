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

  it('may use a team that another one declares, also when it takes its own word back', () => {
    const other = { name: 'sheer.yaml', content: 'teams: { payments: {} }', directory: '/srv/teams' };
    world.loop.questions.declare([other], { dryRun: false, actor: 'ada' });
    const withoutTeam = SHEER_YAML.replace(/teams:\n.*\n/, '');
    const { changes } = declare('sheer.yaml', withoutTeam);
    assert.deepEqual(
      changes.map(({ change, kind, id }) => `${change} ${kind} ${id}`),
      ['removed team payments'],
    );
  });

  it('says when it takes back what another file of the directory declared', () => {
    const inDirectory = (name: string, content: string) =>
      world.loop.questions.declare([{ name, content, directory: '/srv/mail' }], {
        dryRun: false,
        actor: 'ada',
      }).warnings;
    const mail = 'teams: { mail: {} }\nservices: { mail: { owner: mail, match: { name: mail } } }';
    const all = '; `sheer declare /srv/mail` declares all files together';
    assert.deepEqual(inDirectory('sheer.yaml', mail), []);
    assert.deepEqual(inDirectory('sheer.yaml', 'teams: { mail: {} }'), [], 'the file itself says so');
    assert.deepEqual(inDirectory('sheer.yaml', mail), []);
    assert.deepEqual(inDirectory('more.sheer.yaml', 'teams: { post: {} }'), [
      `replaces what /srv/mail/sheer.yaml declared: 2 removed${all}`,
    ]);
    assert.deepEqual(inDirectory('sheer.yaml', 'teams: { fax: {} }'), [
      `replaces what /srv/mail declared: 1 removed${all}`,
    ]);
    assert.deepEqual(inDirectory('sheer.yaml', 'teams: { fax: {}, post: {} }'), []);
    inDirectory('sheer.yaml', '{}');
  });

  it('counts although the clock was set back since the last one', () => {
    world.now -= 3_600_000;
    declare('sheer.yaml', 'teams: { storefront: {} }');
    const teams = (): readonly string[] => world.loop.questions.teams(NOW).map(({ id }) => id);
    assert.deepEqual(teams(), ['payments', 'storefront']);
    assert.equal(world.loop.questions.services(NOW).length, 0, 'it was taken back');
    world.now -= 3_600_000;
    declare('sheer.yaml');
    assert.deepEqual(teams(), ['payments']);
    assert.deepEqual(
      world.loop.questions.services(NOW).map(({ name, team }) => `${name} ${team}`),
      ['checkout payments'],
    );
  });
});
