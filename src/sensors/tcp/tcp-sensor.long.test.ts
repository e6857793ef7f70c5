import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadTcpSensor } from '../../../test/generator/tcp-load.ts';
import { createTcpSensor } from './tcp-sensor.ts';

const create = () => createTcpSensor({ node: 'test-node', clock: Date.now });

describe('tcp sensor under load', () => {
  it('reports every one of 100,000 connections at 10,000/s, at both ends, with bytes', async () => {
    const result = await loadTcpSensor(create(), { perSecond: 10_000, count: 100_000, program: 'native' });
    const { made, client, server, closed, lost } = result;
    assert.deepEqual({ made, client, server, closed, lost }, { ...same(100_000), lost: 0 });
  });

  it('accounts for every line of 250,000 connections at 50,000/s: reported or counted as lost', async () => {
    const result = await loadTcpSensor(create(), { perSecond: 50_000, count: 250_000, program: 'native' });
    const { made, client, server, closed, lost } = result;
    assert.equal(made, 250_000);
    assertAccounted(client + server + closed + lost, 3 * made);
  });

  it('counts what the kernel dropped while the helper was stopped for 5 s', async () => {
    const load = { perSecond: 50_000, count: 150_000, program: 'native', stallMs: 5_000 } as const;
    const { made, client, server, closed, lost } = await loadTcpSensor(create(), load);
    assertAccounted(client + server + closed + lost, 3 * made);
    assert.ok(lost > 0);
  });
});

/** What other programs of the machine connected meanwhile may be among the lost. */
function assertAccounted(accounted: number, produced: number): void {
  assert.ok(accounted >= produced, `${produced - accounted} lines were neither reported nor counted`);
  assert.ok(accounted < produced * 1.02, `${accounted - produced} lines too many were counted`);
}

function same(count: number) {
  return { made: count, client: count, server: count, closed: count };
}
