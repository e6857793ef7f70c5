import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { AddressData, InstanceData, Observation } from '#model';
import { intervals } from '../../../test/podman/observed-runs.ts';
import { Attachments } from './attachments.ts';
import { ContainerTracker } from './container-tracker.ts';
import { NetworkNames } from './network-names.ts';
import { RunFinder } from './run-finder.ts';
import type { ContainerDetails } from './wire.ts';
import type { ContainerAction, ContainerEvent } from './wire-event.ts';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const INSTANCE_A = `container/${A}`;

const running = (id: string, ip: string, startedAt: number): ContainerDetails => ({
  id,
  name: id.slice(0, 4),
  imageName: 'shop:1',
  imageId: null,
  labels: {},
  networkMode: 'shop',
  networks: [{ name: 'shop', ips: [ip] }],
  ports: [],
  extraHosts: [],
  state: 'running',
  pid: startedAt,
  startedAt,
  finishedAt: null,
});

const event = (id: string, action: ContainerAction, at: number, name = ''): ContainerEvent => ({
  kind: 'container',
  action,
  id,
  at,
  name,
  imageName: 'shop:1',
  labels: {},
});

describe('what events make of containers', () => {
  let inspected: Map<string, ContainerDetails>;
  let asked: { id: string; answer: () => void }[];
  let held: boolean;
  let attached: readonly string[];
  let seen: Observation[];
  let tracker: ContainerTracker;

  beforeEach(() => {
    inspected = new Map();
    asked = [];
    held = false;
    attached = [];
    seen = [];
    const finder = new RunFinder({
      inspect: (id) =>
        new Promise((resolve) => {
          const answer = (): void => resolve(inspected.get(id) ?? null);
          if (held) asked.push({ id, answer });
          else answer();
        }),
      networks: new NetworkNames(async () => []),
      attachments: new Attachments({ addressesIn: async () => attached, clock: () => 900 }),
      imageIdOf: () => null,
      served: () => [],
      cgroupOf: () => null,
    });
    const reporter = { engine: 'docker', node: 'node-1' };
    tracker = new ContainerTracker(finder, reporter, (news) => seen.push(...news));
  });

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  /** Its event comes at `at`; the engine's own stamp may be another. */
  const started = (id: string, ip: string, at: number, startedAt = at): Promise<void> => {
    inspected.set(id, running(id, ip, startedAt));
    tracker.apply(event(id, 'start', at));
    return settled();
  };
  const runs = (id: string): readonly (readonly [number, number])[] =>
    (intervals<InstanceData>(seen, 'instance').get(id) ?? []).map(({ from, until }) => [from, until]);
  const holders = (ip: string): readonly (readonly [string, number, number])[] =>
    [...intervals<AddressData>(seen, 'address').values()]
      .flat()
      .filter(({ data }) => data.ip === ip)
      .map(({ data, from, until }) => [data.holder.id.slice(-1), from, until]);

  it('a start and an end are an interval, of the instance and of its address', async () => {
    await started(A, '10.0.0.2', 1001, 1000);
    tracker.apply(event(A, 'die', 1500));
    assert.deepEqual(runs(INSTANCE_A), [[1001, 1500]]);
    assert.deepEqual(holders('10.0.0.2'), [['a', 1001, 1500]]);
  });

  it('a container that ended while the engine was still asked is known, and its end waits', async () => {
    held = true;
    tracker.apply(event(A, 'start', 1001));
    tracker.apply(event(A, 'die', 1002));
    await settled();
    assert.equal(tracker.oldestPending, 1001);
    assert.deepEqual(seen, []);
    for (const { answer } of asked) answer();
    await settled();
    assert.deepEqual(runs(INSTANCE_A), [[1001, 1002]]);
    assert.equal(tracker.oldestPending, Number.POSITIVE_INFINITY);
    const [run] = intervals<InstanceData>(seen, 'instance').get(INSTANCE_A) ?? [];
    assert.equal(run?.data.addressMissing, 'gone-before-it-could-be-read');
  });

  it('an inspect that already shows the next run gives its address to nobody', async () => {
    await started(A, '10.0.0.9', 1001, 3000);
    assert.deepEqual(holders('10.0.0.9'), []);
  });

  it('a restart is a second interval of the same instance', async () => {
    await started(A, '10.0.0.2', 1000);
    tracker.apply(event(A, 'die', 1500));
    await started(A, '10.0.0.3', 2001, 2000);
    assert.deepEqual(runs(INSTANCE_A), [
      [1000, 1500],
      [2001, Number.POSITIVE_INFINITY],
    ]);
    assert.deepEqual(holders('10.0.0.3'), [['a', 2001, Number.POSITIVE_INFINITY]]);
  });

  it('an address that is reused within the same stamp is held by one at a time', async () => {
    await started(A, '10.0.0.2', 1000);
    tracker.apply(event(A, 'die', 1500));
    await started(B, '10.0.0.2', 1499, 1498);
    assert.deepEqual(holders('10.0.0.2'), [
      ['a', 1000, 1500],
      ['b', 1500, Number.POSITIVE_INFINITY],
    ]);
  });

  it('an earlier holder that is told of later keeps its own interval', async () => {
    await started(B, '10.0.0.2', 3000);
    tracker.apply(event(B, 'die', 3500));
    await started(A, '10.0.0.2', 1000);
    tracker.apply(event(A, 'die', 1500));
    assert.deepEqual(holders('10.0.0.2'), [
      ['b', 3000, 3500],
      ['a', 1000, 1500],
    ]);
  });

  it('events that are heard again change nothing', async () => {
    inspected.set(A, running(A, '10.0.0.2', 2000));
    tracker.adopt(running(A, '10.0.0.2', 2000));
    for (const old of [event(A, 'start', 1000), event(A, 'die', 1500), event(A, 'start', 2001)])
      tracker.apply(old);
    await settled();
    assert.deepEqual(runs(INSTANCE_A), [[2000, Number.POSITIVE_INFINITY]]);
  });

  it('a start without the end before it ends the earlier run, and says how little is known of when', async () => {
    await started(A, '10.0.0.2', 1000);
    await started(A, '10.0.0.2', 5001, 5000);
    const end = seen.find((each) => each.kind === 'end' && each.subject.kind === 'instance');
    assert.ok(end?.kind === 'end');
    assert.deepEqual(end.slack, { lastSeen: 1000, firstMissing: 5001 });
    assert.deepEqual(runs(INSTANCE_A).at(-1), [5001, Number.POSITIVE_INFINITY]);
  });

  it('a second network brings an address from then on, and takes it away', async () => {
    await started(A, '10.0.0.2', 1000);
    const both = { ...running(A, '10.0.0.2', 1000) };
    inspected.set(A, { ...both, networks: [...both.networks, { name: 'pay', ips: ['10.1.0.2'] }] });
    tracker.apply(event(A, 'connect', 1200));
    await settled();
    inspected.set(A, both);
    tracker.apply(event(A, 'disconnect', 1300));
    await settled();
    assert.deepEqual(holders('10.1.0.2'), [['a', 1200, 1300]]);
    assert.deepEqual(holders('10.0.0.2'), [['a', 1000, Number.POSITIVE_INFINITY]]);
  });

  it('a container that was taken out of its last network has no address, and none is missing', async () => {
    await started(A, '10.0.0.2', 1000);
    inspected.set(A, { ...running(A, '10.0.0.2', 1000), networks: [] });
    tracker.apply(event(A, 'disconnect', 1300));
    await settled();
    const [run] = intervals<InstanceData>(seen, 'instance').get(INSTANCE_A) ?? [];
    assert.deepEqual([run?.data.networks, run?.data.addressMissing], [[], null]);
    assert.deepEqual(holders('10.0.0.2'), [['a', 1000, 1300]]);
  });

  it('pause, unpause and a new name are changes of the same run', async () => {
    await started(A, '10.0.0.2', 1000);
    tracker.apply(event(A, 'pause', 1100));
    tracker.apply(event(A, 'unpause', 1200));
    tracker.apply(event(A, 'rename', 1300, 'till'));
    const said = seen.flatMap((each) =>
      each.kind === 'assert' &&
      each.subject.kind === 'instance' &&
      'state' in each.data &&
      'name' in each.data
        ? [[each.validFrom, each.data.state, each.data.name]]
        : [],
    );
    assert.deepEqual(said, [
      [1000, 'running', 'aaaa'],
      [1100, 'paused', 'aaaa'],
      [1200, 'running', 'aaaa'],
      [1300, 'running', 'till'],
    ]);
    assert.equal(runs(INSTANCE_A).length, 1);
  });

  it('a container of Docker’s that ends before an inspect is answered has the address of its network', async () => {
    attached = ['10.0.0.2'];
    held = true;
    tracker.apply(event(A, 'create', 1000));
    tracker.apply({ ...event(A, 'connect', 1001), network: { id: B, name: 'shop' } });
    await settled();
    tracker.apply(event(A, 'start', 1300));
    tracker.apply(event(A, 'die', 1310));
    tracker.apply(event(A, 'remove', 1320));
    for (let rounds = 0; rounds < 3; rounds++) {
      for (const { answer } of asked.splice(0)) answer();
      await settled();
    }
    assert.deepEqual(runs(INSTANCE_A), [[1300, 1310]]);
    assert.deepEqual(holders('10.0.0.2'), [['a', 1300, 1310]]);
  });

  it('containers that were made and never started are no instances', async () => {
    tracker.apply(event(A, 'create', 1000));
    tracker.apply(event(A, 'connect', 1001));
    tracker.apply(event(A, 'remove', 1002));
    await settled();
    assert.deepEqual(seen, []);
  });
});
