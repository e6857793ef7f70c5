import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { groupsOf, writeGroup } from '../answers/groups.ts';
import { affectedInstances } from '../affected/affected.ts';
import type { RunningInstance } from '../questions.ts';
import { ImageInstances } from './image-instances.ts';
import { momentOf } from './moment.ts';
import { RunningNow } from './running-now.ts';

const IMAGES = ['a', 'b', 'c'] as const;

const image = fc.constantFrom(...IMAGES, null);
const step = fc.oneof(
  fc.record({
    kind: fc.constant('run' as const),
    id: fc.nat(5),
    images: fc.array(image, { maxLength: 3 }),
    service: fc.option(fc.constantFrom('production/shop/web', 'test/shop/web'), { nil: null }),
  }),
  fc.record({ kind: fc.constant('end' as const), id: fc.nat(5) }),
  /** Of all instances, as a declaration does. */
  fc.record({ kind: fc.constant('team' as const), team: fc.constantFrom('shop', 'platform') }),
  fc.record({
    kind: fc.constant('ask' as const),
    images: fc.uniqueArray(fc.constantFrom(...IMAGES), { minLength: 1 }),
  }),
);

/** What runs, in a map; the listener is told as the product is. */
class Instances {
  readonly running = new Map<string, RunningInstance>();
  listener: (instance: string | null) => void = () => undefined;
  at = () => [...this.running.values()];
  one = (id: string) => this.running.get(id) ?? null;
  watch = (listener: (instance: string | null) => void) => {
    this.listener = listener;
    return () => undefined;
  };
}

/** By service, team and environment the instances that run one of the images: looked for in everything. */
function search(instances: Iterable<RunningInstance>, images: readonly string[]): readonly string[] {
  return [...instances]
    .filter(({ images: own }) => own.some(({ id }) => id !== null && images.includes(id)))
    .map(({ service, team, environment, id, name, node }) =>
      JSON.stringify({ service, team, environment, id, name, node }),
    )
    .toSorted();
}

function answered(now: RunningNow, images: readonly string[]): readonly string[] {
  const affected = images.flatMap((id) => {
    const ran = now.instancesOf(id);
    return ran === null ? [] : [{ id, runs: [], ran, instances: ran.instances, excuse: null }];
  });
  const groups = groupsOf(affected, null, () => null);
  return groups
    .flatMap((group) => {
      const pieces: string[] = [];
      writeGroup(group, pieces);
      // Written by `writeGroup`.
      const { instances, service, team, environment } = JSON.parse(pieces.join('')) as {
        readonly instances: readonly object[];
      } & Pick<RunningInstance, 'service' | 'team' | 'environment'>;
      assert.equal(instances.length, group.instances);
      return instances.map((each) => JSON.stringify({ service, team, environment, ...each }));
    })
    .toSorted();
}

describe('what runs now', () => {
  it('is what a search finds, whatever begins, ends or gets another name between questions', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const instances = new Instances();
        const now = new RunningNow(instances);
        for (const taken of steps) {
          if (taken.kind === 'ask') {
            const expected = search(instances.running.values(), taken.images);
            assert.deepEqual(answered(now, taken.images), expected);
            const moment = momentOf(null, now, instances);
            assert.deepEqual(
              affectedInstances(taken.images, moment).toSorted(),
              // Written by `search`.
              expected.map((each) => (JSON.parse(each) as { readonly id: string }).id).toSorted(),
            );
            continue;
          }
          if (taken.kind === 'team') {
            for (const [id, known] of instances.running)
              instances.running.set(id, { ...known, team: taken.team });
            instances.listener(null);
            continue;
          }
          const id = `container:${taken.id}`;
          if (taken.kind === 'end') instances.running.delete(id);
          else instances.running.set(id, instance(id, taken.images, taken.service));
          instances.listener(id);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('holds together what has the same names', () => {
    const first = instance('container:1', ['a'], 'production/shop/web');
    const second = { ...instance('container:2', ['a'], 'production/shop/web'), team: 'platform' };
    const third = instance('container:3', ['a'], 'production/shop/web');
    const { groups, areShared } = new ImageInstances([first, second, third]);
    assert.deepEqual(
      groups.map(({ team, instances }) => [team, instances.map(({ id }) => id)]),
      [
        ['shop', ['container:1', 'container:3']],
        ['platform', ['container:2']],
      ],
    );
    assert.equal(areShared, false);
  });
});

function instance(id: string, images: readonly (string | null)[], service: string | null): RunningInstance {
  const [environment = null] = service?.split('/') ?? [];
  return {
    id,
    name: `name of ${id}`,
    kind: 'container',
    engine: 'podman',
    node: 'n',
    pid: 1,
    service,
    team: 'shop',
    environment,
    images: images.map((each) => ({ name: `${each ?? 'unknown'}:1`, id: each })),
    since: 0,
  };
}
