import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { AdoptedWorld } from '../../../test/fakes/adopted-world.ts';
import type { DeclaredFile } from './questions.ts';

const BASE: DeclaredFile = {
  name: '../base/Containerfile',
  content: 'FROM debian:12',
  directory: '/srv/base',
  kind: 'containerfile',
};

const manifest = (...lines: readonly string[]): DeclaredFile => ({
  name: 'sheer.yaml',
  content: lines.join('\n'),
  directory: '/srv/shop',
});

describe('images and the patch policy in a plan', () => {
  const world = new AdoptedWorld();
  before(() => world.start());
  after(() => world.end());

  const declare = (dryRun: boolean, ...files: readonly DeclaredFile[]): readonly string[] =>
    world.loop.questions
      .declare(files, { dryRun, actor: 'ada' })
      .changes.map(({ change, kind, id }) => `${change} ${kind} ${id}`);

  const both = manifest('images: { base: { context: ../base } }', 'patch: { deadlines: { high: 5d } }');

  it('are added, and then say nothing new', () => {
    const added = ['added build-source base', 'added patch-policy policy'];
    assert.deepEqual(declare(true, both, BASE), added);
    assert.deepEqual(declare(false, both, BASE), added);
    assert.deepEqual(declare(false, both, BASE), []);
  });

  it('change with the Containerfile', () => {
    const moved = { ...BASE, content: 'FROM debian:13' };
    assert.deepEqual(declare(false, both, moved), ['changed build-source base']);
    assert.equal(world.loop.questions.history('base', 10).at(-1)?.kind, 'build-source');
  });

  it('belong to the declaration, wherever the Containerfiles lie', () => {
    const elsewhere = { ...both, directory: '/srv/other' };
    assert.throws(
      () => declare(false, elsewhere, BASE),
      /build-source "base" is declared in \/srv\/shop already/,
    );
  });

  it('are removed', () => {
    assert.deepEqual(declare(false, manifest('teams: { shop: }')), [
      'removed build-source base',
      'removed patch-policy policy',
      'added team shop',
    ]);
  });
});
