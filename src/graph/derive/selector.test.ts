import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';
import type { Selector } from '#model';

import { featuresOf } from './features.ts';
import { container, image, process } from './instance-view.fixture.ts';
import { SelectorIndex } from './selector-index.ts';
import { matchesSelector } from './selector.ts';

const redis = container(
  {
    name: 'cache-1',
    images: [image('docker.io/library/redis:7@sha256:abc')],
    labels: { app: 'cache', tier: 'a=b' },
    unit: 'cache.service',
  },
  [6379],
);
const node = process({ executable: '/usr/bin/node', workingDirectory: '/srv/shop/web' }, [80, 443]);

const ROWS: readonly (readonly [Selector, boolean])[] = [
  [{ label: ['app=cache'] }, true],
  [{ label: ['app'] }, true],
  [{ label: ['app=c*'] }, true],
  [{ label: ['app=c'] }, false],
  [{ label: ['ap*'] }, false],
  [{ label: ['tier=a=b'] }, true],
  [{ label: ['app=cache', 'tier=x'] }, false],
  [{ label: ['constructor'] }, false],
  [{ image: 'redis' }, true],
  [{ image: 'redis:7' }, true],
  [{ image: 'redis:*' }, true],
  [{ image: 'library/redis' }, true],
  [{ image: 'docker.io/redis' }, true],
  [{ image: 'docker.io/library/redis:7' }, true],
  [{ image: 'redis:6' }, false],
  [{ image: 'edis' }, false],
  [{ unit: 'cache' }, true],
  [{ unit: 'cache.service' }, true],
  [{ name: 'cache-*' }, true],
  [{ name: 'Cache-*' }, false],
  [{ port: 6379 }, true],
  [{ port: 637 }, false],
  [{ name: 'cache-1', port: 80 }, false],
  [{ executable: '*' }, false],
  [{}, false],
];

describe('a selector', () => {
  for (const [selector, expected] of ROWS) {
    it(`${JSON.stringify(selector)} ${expected ? 'matches' : 'does not match'} the cache`, () => {
      assert.equal(matchesSelector(selector, redis), expected);
    });
  }

  it('finds an executable by its path or its file name, and a working directory by its whole path', () => {
    assert.ok(matchesSelector({ executable: 'node' }, node));
    assert.ok(matchesSelector({ executable: '/usr/bin/*', workingDirectory: '/srv/shop/*' }, node));
    assert.ok(!matchesSelector({ workingDirectory: '/srv/shop' }, node));
  });
});

describe('the index of selectors', () => {
  it('finds exactly what trying every selector finds', () => {
    const text = fc.constantFrom('a', 'b', '*', 'a*', '/bin/a', 'r.io/x/a:1', 'x/a');
    const selector: fc.Arbitrary<Selector> = fc.record(
      {
        label: fc.array(fc.constantFrom('k', 'k=a', 'k=*', 'l=b')),
        image: text,
        unit: text,
        executable: text,
        name: text,
        port: fc.constantFrom(1, 2),
        workingDirectory: text,
      },
      { requiredKeys: [] },
    );
    const view = fc
      .record({
        k: text,
        name: text,
        image: text,
        unit: text,
        executable: text,
        cwd: text,
        port: fc.constantFrom(1, 2, 3),
      })
      .map((of) =>
        process(
          {
            labels: { k: of.k },
            name: of.name,
            images: [image(of.image)],
            unit: of.unit,
            executable: of.executable,
            workingDirectory: of.cwd,
          },
          [of.port],
        ),
      );
    fc.assert(
      fc.property(fc.array(selector), view, (selectors, instance) => {
        const index = new SelectorIndex<number>();
        for (const [number, one] of selectors.entries()) index.add(one, number);
        const found = [...index.matching(featuresOf(instance)).keys()].toSorted((a, b) => a - b);
        assert.deepEqual(
          found,
          [...selectors.keys()].filter((number) => matchesSelector(selectors[number] ?? {}, instance)),
        );
      }),
    );
  });
});
