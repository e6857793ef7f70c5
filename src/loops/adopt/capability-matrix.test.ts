import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { AdoptedWorld } from '../../../test/fakes/adopted-world.ts';

const world = new AdoptedWorld();
before(() => world.start());
after(() => world.end());

it('capabilities are those of engines, sensors and every format of flow logs that an import takes', () => {
  const rows = world.loop.questions.capabilities();
  assert.deepEqual(
    rows.map(({ kind, source }) => `${kind} ${source}`),
    ['engine podman', 'sensor tcp', 'format vpc', 'format zeek', 'format conntrack'],
  );
  assert.equal(rows.at(-1)?.features['translation'], 'yes');
  assert.equal(rows.at(-1)?.features['verdicts'], 'established, unanswered');
});
