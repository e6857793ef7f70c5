import { after, before, describe, it } from 'node:test';
import type { Observation } from '#model';
import { judgeStorm } from '../../../test/podman/observed-runs.ts';
import { observeWhile } from '../../../test/podman/observe-while.ts';
import { startPodman, type Podman } from '../../../test/podman/podman.ts';
import { storm } from '../../../test/podman/storm.ts';
import { createContainersEngine } from './containers-engine.ts';

describe('podman: every container with its address, for long', () => {
  let podman: Podman;
  let image: string;

  before(async () => {
    podman = await startPodman();
    image = await podman.buildImage();
  });
  after(() => podman.stop());

  // A thousand labelled events make podman replace its event log, which repeats half of it.
  const storms = [
    ['six hundred that live up to a second', 1000, []],
    [
      'six hundred that live for a moment, their labels filling the event log',
      20,
      ['-l', `note=${'x'.repeat(600)}`],
    ],
  ] as const;
  for (const [what, lifeMsMax, parameters] of storms) {
    it(`${what}, in thirty addresses`, async () => {
      const network = await podman.createNetwork();
      const engine = createContainersEngine({
        id: 'podman',
        socketPath: podman.socketPath,
        node: 'node-1',
        clock: () => Date.now(),
      });
      await observeWhile(engine, async () => {
        const truth = await storm(podman, {
          image,
          network,
          count: 600,
          concurrency: 6,
          lifeMsMax,
          parameters,
        });
        return (seen: readonly Observation[]) => judgeStorm(seen, truth);
      });
    });
  }
});
