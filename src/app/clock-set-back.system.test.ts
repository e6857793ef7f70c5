import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { WhoisAnswer } from '#model';
import { statePaths } from '#cli';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { StartedProcesses } from '../../test/processes/started-processes.ts';
import { eventually } from '../../test/acceptance/product.ts';

const HOUR_MS = 3_600_000;

describe('a clock that is set back by an hour', () => {
  const processes = new StartedProcesses();
  let state: string;
  let plane: ControlPlane;
  let setBackMs = 0;

  const teardown = new AsyncDisposableStack();
  before(async () => {
    state = await mkdtemp(join(tmpdir(), 'sheerline-clock-'));
    teardown.defer(() => rm(state, { recursive: true, force: true }));
    teardown.defer(() => processes.end());
    plane = await startControlPlane({
      paths: statePaths(state, {}, '/'),
      port: null,
      engines: ['processes'],
      environment: {},
      clock: () => Date.now() - setBackMs,
      logger: { info: () => undefined, error: () => undefined },
      shutdown: () => undefined,
    });
    teardown.defer(() => plane.stop());
  });
  after(() => teardown.disposeAsync());

  const alive = (pid: number): boolean =>
    plane.loop.questions
      .instances({ at: null, team: null, environment: null, service: null })
      .some((instance) => instance.pid === pid);
  const whoHas = (port: number): WhoisAnswer =>
    plane.loop.questions.whois({ ip: '127.0.0.1', port, at: null, scope: null });

  it('turns no interval around: what ends afterwards has ended, what starts afterwards is there', async () => {
    const early = processes.nodeServer();
    const earlyPort = Number((await early.line()).split(' ')[1]);
    await eventually('the first server is known', () => (alive(early.pid) ? true : null));
    setBackMs = HOUR_MS;
    const late = processes.nodeServer();
    const latePort = Number((await late.line()).split(' ')[1]);
    await eventually('the second server is known', () => (alive(late.pid) ? true : null));
    await early.end();
    await eventually('the first server has ended', () => (alive(early.pid) ? null : true));
    assert.equal(whoHas(latePort).instance?.includes(`/${late.pid}/`), true);
    assert.notEqual(whoHas(earlyPort).kind, 'instance');
    const { streams } = plane.loop.questions.auditVerify(null);
    assert.deepEqual(
      streams.map(({ ok }) => ok),
      [true, true],
    );
    for (const source of plane.loop.questions.sources()) assert.notEqual(source.state, 'stale', source.id);
  });
});
