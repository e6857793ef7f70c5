import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AdoptedWorld, container } from '../../../test/fakes/adopted-world.ts';

const LEGACY = `
externals:
  legacy-db: { addresses: [10.99.0.1] }
`;

describe('calls that only a flow log saw', () => {
  const world = new AdoptedWorld();

  before(async () => {
    await world.start();
    await world.run(container('aaaaaaaa'), container('bbbbbbbb', { ip: '10.88.0.3' }));
    await world.call('aaaaaaaa', 'bbbbbbbb', 80);
    const begin = Math.floor(world.now / 1000) - 2;
    const line = (from: string, to: string, port: number): string =>
      `2 1 eni-1 ${from} ${to} 43210 ${port} 6 10 840 ${begin} ${begin + 1} ACCEPT OK\n`;
    const log =
      line('10.88.0.2', '10.88.0.3', 80) +
      line('10.88.0.2', '10.99.0.1', 5432) +
      line('10.99.0.7', '10.99.0.8', 22);
    const { id } = world.loop.imports.open({ fingerprint: 'f', format: 'vpc', scope: null });
    world.loop.imports.append({ id, offset: 0, bytes: Buffer.from(log), final: true, wantLines: false });
    world.loop.questions.declare([{ name: 'sheer.yaml', content: LEGACY, directory: '/srv' }], {
      dryRun: false,
      actor: 'ada',
    });
  });

  after(() => world.end());

  it('are calls, under the names that apply now', () => {
    const answer = world.loop.questions.why('aaaaaaaa', 'legacy-db', null);
    assert.equal(answer.answer, 'observed, not declared');
    assert.deepEqual(
      answer.calls.map(({ to, port, connections, bytes }) => ({ to, port, connections, bytes })),
      [{ to: 'legacy-db', port: 5432, connections: 1, bytes: 840 }],
    );
  });

  it('are not added to what a sensor counted, and strangers among themselves are no calls', () => {
    assert.deepEqual(
      world.calls().map(({ from, to, connections }) => ({ from, to, connections })),
      [
        { from: 'aaaaaaaa', to: 'bbbbbbbb', connections: 1 },
        { from: 'aaaaaaaa', to: 'legacy-db', connections: 1 },
      ],
    );
  });

  it('are still there after a restart', async () => {
    await world.stop();
    await world.start();
    assert.equal(world.loop.questions.why('aaaaaaaa', 'legacy-db', 5432).answer, 'observed, not declared');
  });
});
