import { join } from 'node:path';
import type { StatePaths } from '#cli';
import type { Engine } from '#engines';
import type { AdoptLoop } from '#loops/adopt';
import { PatchLoop, type PatchLogger } from '#loops/patch';
import type { Clock } from '#model';
import type { Store } from '#store';
import { createAdvisoryIntake } from './advisories/advisory-intake.ts';
import { openAdvisories } from './advisories/open-advisories.ts';
import { createImageReaders } from './image-readers.ts';
import { AdoptedInstances } from './running-instances.ts';

export interface PatchOptions {
  readonly loop: AdoptLoop;
  readonly engines: readonly Engine[];
  readonly imageStores?: readonly string[];
  readonly insecureRegistries?: readonly string[];
  readonly store: Store;
  readonly paths: Pick<StatePaths, 'state'>;
  readonly node: string;
  readonly clock: Clock;
  readonly logger: PatchLogger;
}

/** The patch loop on what the adopt loop knows: its graph, and what runs by its names. `started` closes it. */
export function createPatchLoop(options: PatchOptions, started: AsyncDisposableStack): PatchLoop {
  const { loop, store, paths, node, clock, logger } = options;
  const directory = join(paths.state, 'advisories');
  const advisories = openAdvisories(directory);
  started.defer(() => advisories.close());
  const patch = new PatchLoop({
    store,
    advisories,
    graph: loop.view.graph,
    instances: new AdoptedInstances(loop, store),
    readers: createImageReaders(options),
    intake: createAdvisoryIntake({ directory, clock }),
    node,
    clock,
    logger,
  });
  started.defer(() => patch.stop());
  return patch;
}
