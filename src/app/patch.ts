import type { Engine } from '#engines';
import type { AdoptLoop } from '#loops/adopt';
import { PatchLoop, type PatchLogger } from '#loops/patch';
import type { Clock } from '#model';
import type { AdvisoryStore, Store } from '#store';
import { createAdvisoryIntake } from './advisories/advisory-intake.ts';
import { createImageReaders } from './image-readers.ts';
import { AdoptedInstances } from './running-instances.ts';

export interface PatchOptions {
  readonly loop: AdoptLoop;
  readonly engines: readonly Engine[];
  readonly store: Store;
  readonly advisories: AdvisoryStore;
  /** Of the advisories. */
  readonly directory: string;
  readonly node: string;
  readonly clock: Clock;
  readonly logger: PatchLogger;
}

/** The patch loop on what the adopt loop knows: its graph, and what runs by its names. */
export function createPatchLoop(options: PatchOptions): PatchLoop {
  const { loop, engines, store, advisories, directory, node, clock, logger } = options;
  return new PatchLoop({
    store,
    advisories,
    graph: loop.view.graph,
    instances: new AdoptedInstances(loop, store),
    readers: createImageReaders(engines, clock),
    intake: createAdvisoryIntake({ directory, clock }),
    node,
    clock,
    logger,
  });
}
