import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Graph, LATEST } from '#graph';
import type { Fact, InstanceAnswer, SourceAnswer, VerificationAnswer } from '#model';
import { openSqliteStore } from '#store';
import { BUSYBOX_IMAGE, startPodman, type Podman } from '../podman/podman.ts';
import { StartedProcesses, type StartedProcess } from '../processes/started-processes.ts';
import { eventually, Product } from './product.ts';

const ROUNDS = 6;

describe('a control plane that is killed again and again while things start and stop', () => {
  let podman: Podman;
  let state: string;
  const processes = new StartedProcesses();
  const containers: Container[] = [];
  const lives: Span[] = [];

  const teardown = new AsyncDisposableStack();
  before(async () => {
    podman = await startPodman();
    teardown.defer(() => podman.stop());
    await podman.buildImage();
    state = await mkdtemp(join(tmpdir(), 'sheerline-killed-'));
    teardown.defer(() => rm(state, { recursive: true, force: true }));
    teardown.defer(() => processes.end());
  });
  after(() => teardown.disposeAsync());

  const start = () =>
    Product.start({
      state,
      engines: ['podman', 'processes'],
      environment: { DOCKER_HOST: `unix://${podman.socketPath}` },
    });

  /** Containers and processes come and go until it is told to end. */
  async function churn(signal: AbortSignal): Promise<readonly StartedProcess[]> {
    const left: StartedProcess[] = [];
    for (let turn = 0; !signal.aborted; turn++) {
      const id = await podman.command('run', '--detach', BUSYBOX_IMAGE, 'sleep', '600');
      containers.push({ id, from: Date.now(), until: Number.POSITIVE_INFINITY });
      const server = processes.nodeServer();
      await server.line();
      if (turn % 3 === 0) left.push(server);
      else await server.end();
      const oldest = containers.find(isRunning);
      if (oldest === undefined || turn % 3 === 0) continue;
      oldest.until = Date.now();
      await podman.command('rm', '--force', '--time', '0', oldest.id);
    }
    return left;
  }

  it('has nothing twice and nothing open that has ended, and its record is whole', async () => {
    const stop = new AbortController();
    teardown.defer(() => stop.abort());
    const churning = churn(stop.signal);
    for (let round = 0; round < ROUNDS; round++) {
      await using product = await start();
      const from = firstLive(product);
      await delay(randomInt(0, 2500));
      await product.kill();
      lives.push({ from: await from, until: Date.now() });
      await delay(randomInt(0, 500));
    }
    stop.abort();
    const servers = await churning;

    const last = await start();
    try {
      await eventually('it agrees with what runs', async () => {
        const alive = (await last.ask<readonly InstanceAnswer[]>('instances')).filter(
          (instance) => instance.state === 'running',
        );
        const found = alive.filter(({ kind }) => kind === 'container').map(({ id }) => id);
        const pids = new Set(alive.map(({ pid }) => pid));
        const right = containers.filter(isRunning).map(({ id }) => `container/${id}`);
        return equal(found, right) && servers.every(({ pid }) => pids.has(pid)) ? true : null;
      });
      const instances = await last.json<readonly InstanceAnswer[]>('instances');
      assert.equal(new Set(instances.map(({ id }) => id)).size, instances.length, 'nothing is listed twice');
      const { streams } = await last.json<VerificationAnswer>('audit', 'verify');
      assert.deepEqual(
        streams.filter(({ ok }) => !ok),
        [],
      );
    } finally {
      await last.stop();
    }
    checkRecord(state, containers, lives);
  });
});

/** From when on it followed the container engine; never where it was killed before. */
async function firstLive(product: Product): Promise<number> {
  while (!product.ended) {
    const sources = await product.ask<readonly SourceAnswer[]>('sources').catch(() => []);
    if (sources.some(({ id, state }) => id === 'podman' && state === 'live')) return Date.now();
    await delay(20);
  }
  return Number.POSITIVE_INFINITY;
}

interface Span {
  readonly from: number;
  readonly until: number;
}

interface Container extends Span {
  readonly id: string;
  until: number;
}

/** A container that lived beside a control plane for so long was certainly seen by it. */
const SEEN_AFTER_MS = 1000;

const isRunning = ({ until }: Span): boolean => until === Number.POSITIVE_INFINITY;

/**
 * What the record itself says: everything begins once, ends once, and is open only while it runs;
 * and what was once read of a container is not lost to what podman tells late of it.
 */
function checkRecord(state: string, containers: readonly Container[], lives: readonly Span[]): void {
  const store = openSqliteStore({ directory: state, clock: Date.now, node: 'test' });
  const graph = new Graph();
  try {
    const byInstance = new Map<string, Fact[]>();
    for (const fact of [...store.replay('observations', 0)].flat()) {
      graph.apply('observations', [fact]);
      if (fact.subject.kind !== 'instance') continue;
      byInstance.set(fact.subject.id, [...(byInstance.get(fact.subject.id) ?? []), fact]);
    }
    for (const [id, facts] of byInstance) {
      assert.equal(lifeOf(facts).starts, 1, `${id} began once: ${JSON.stringify(facts)}`);
    }
    for (const container of containers) {
      const facts = byInstance.get(`container/${container.id}`);
      const seen = lives.some((life) => overlapMs(life, container) > SEEN_AFTER_MS);
      assert.ok(facts !== undefined || !seen, `container ${container.id} is on record`);
      assert.equal(facts !== undefined && lifeOf(facts).open, isRunning(container), container.id);
      if (seen) checkRead(graph, `container/${container.id}`, facts ?? []);
    }
  } finally {
    store.close();
  }
}

/** All that the engine had read of it is known at the end of its life. */
function checkRead(graph: Graph, id: string, facts: readonly Fact[]): void {
  const ends = facts.flatMap(({ kind, validFrom }) => (kind === 'end' ? [validFrom] : []));
  const last = ends.length === 0 ? LATEST : Math.min(...ends) - 1;
  const said = graph.one('instance', id, last);
  const recorded = `${id}: ${JSON.stringify(facts)}`;
  assert.ok(said !== null, recorded);
  assert.notEqual(said.data.pid, null, recorded);
  assert.notEqual(said.data.images[0]?.id ?? null, null, recorded);
  assert.deepEqual([said.data.networks, said.data.addressMissing], [['podman'], null], recorded);
  const addresses = graph.addresses.addressesOf(said.subject, last);
  assert.equal(addresses.length, 1, `the address of ${recorded}`);
}

const overlapMs = (left: Span, right: Span): number =>
  Math.min(left.until, right.until) - Math.max(left.from, right.from);

/**
 * In the order of the fold, by (valid time, sequence): what an engine tells late of a container that
 * lived while nobody looked makes its life more exact, not longer.
 */
function lifeOf(recorded: readonly Fact[]): { readonly starts: number; readonly open: boolean } {
  const facts = recorded.toSorted(
    (left, right) => left.validFrom - right.validFrom || left.source.sequence - right.source.sequence,
  );
  let starts = 0;
  let open = false;
  for (const { kind } of facts) {
    if (kind === 'assert' && !open) starts += 1;
    open = kind === 'assert';
  }
  return { starts, open };
}

const equal = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((one) => right.includes(one));
