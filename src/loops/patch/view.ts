import type { Clock } from '#model';
import type { Graph } from '#graph';
import type { AdvisoryStore, Store } from '#store';
import type { LiveVerdictBook } from './cases/live-verdicts.ts';
import type { ExcuseBook } from './excuses/excuse-book.ts';
import type { ImageBook } from './images/image-book.ts';
import type { ListBook } from './lists/list-book.ts';
import type { ListReader } from './lists/list-reader.ts';
import type { RunningInstances } from './questions.ts';
import type { RunningNow } from './running/running-now.ts';
import type { SubjectIds } from './subject-ids.ts';

/** What the answer to who is affected is made from: of the lists only what is held, and what is not known. */
export interface AffectedView extends Pick<
  PatchView,
  'graph' | 'advisories' | 'instances' | 'running' | 'images' | 'excuses' | 'clock'
> {
  readonly lists: Pick<ListBook, 'index' | 'ecosystems' | 'restoring' | 'holds' | 'unspoken'>;
  readonly reader: Pick<ListReader, 'missing'>;
  readonly verdicts: Pick<LiveVerdictBook, 'of'>;
}

/** Everything that an answer is made from. */
export interface PatchView {
  readonly graph: Graph;
  readonly store: Store;
  readonly advisories: AdvisoryStore;
  readonly ids: SubjectIds;
  readonly lists: ListBook;
  readonly reader: ListReader;
  readonly instances: RunningInstances;
  readonly running: RunningNow;
  readonly images: ImageBook;
  readonly excuses: ExcuseBook;
  readonly verdicts: LiveVerdictBook;
  /** The control plane's own node: only there live files can be read. */
  readonly node: string;
  readonly clock: Clock;
}
