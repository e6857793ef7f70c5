import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { AdoptedWorld, container } from '../../../test/fakes/adopted-world.ts';

describe('the import of a flow log that grows', () => {
  const world = new AdoptedWorld();
  let lines: readonly Buffer[] = [];

  before(async () => {
    await world.start();
    await world.run(container('aaaaaaaa'), container('bbbbbbbb', { ip: '10.88.0.3' }));
    const at = Math.floor(world.now / 1000) - 2;
    lines = [43_210, 43_211, 43_212].map((port) =>
      Buffer.from(`2 1 eni-1 10.88.0.2 10.88.0.3 ${port} 80 6 10 840 ${at} ${at + 1} ACCEPT OK\n`),
    );
  });
  after(() => world.end());

  const append = (id: string, offset: number, bytes: Buffer) =>
    world.loop.imports.append({ id, offset, bytes, final: true, wantLines: false }).state;

  it('is continued under any of its earlier fingerprints, after a restart too', async () => {
    const open = (fingerprint: string, ...earlier: readonly string[]) =>
      world.loop.imports.open({ fingerprint, earlier, format: 'vpc', scope: null });
    let log = Buffer.alloc(0);
    for (const [index, line] of lines.entries()) {
      const fingerprints = ['first', 'second', 'third'].slice(0, index + 1).toReversed();
      const [fingerprint = '', ...earlier] = fingerprints;
      const { id, offset, checksum } = open(fingerprint, ...earlier);
      assert.deepEqual([offset, checksum], [log.length, crc32(log)]);
      log = Buffer.concat([log, line]);
      assert.equal(append(id, offset, line).checksum, crc32(log));
      await world.stop();
      await world.start();
    }
    const again = world.loop.imports.open({
      fingerprint: 'third',
      earlier: ['first'],
      format: 'vpc',
      scope: null,
      again: true,
    });
    const { id, offset } = again;
    assert.deepEqual([offset, again.lines], [0, 0]);
    const read = world.loop.imports.append({ id, offset, bytes: log, final: true, wantLines: true });
    assert.equal(read.lines?.trim().split('\n').length, 3, 'named once more');
    assert.equal(read.state.offset, log.length);
    assert.equal(open('first').lines, 3);
    assert.equal(open('third').offset, 0, 'each log has its own import');
    assert.deepEqual(
      world.calls().map(({ from, to, connections }) => ({ from, to, connections })),
      [{ from: 'aaaaaaaa', to: 'bbbbbbbb', connections: 3 }],
    );
  });
});
