import type { Clock, Instant, PackageList } from '#model';
import type { LiveProcess, LiveWanted } from '#sensors';
import type { ImageReaders } from '../image-readers.ts';

interface Look {
  readonly at: Instant;
  readonly list: PackageList;
}

export interface LiveRootsOptions {
  readonly readers: Pick<ImageReaders, 'scanLiveRoot' | 'liveRootOf'>;
  readonly clock: Clock;
}

/** Kept no longer than the proofs of one round of cases take. */
const REMEMBERED_MAX = 2000;

/** Package files of live root file systems; processes that share one are looked at once. */
export class LiveRoots {
  readonly #options: LiveRootsOptions;
  readonly #looks = new Map<string, Look>();

  constructor(options: LiveRootsOptions) {
    this.#options = options;
  }

  /**
   * @param options since: an earlier look from then on is as good
   * @throws SheerError where it can't be read
   */
  async look(
    process: LiveProcess,
    wanted: LiveWanted,
    { since, signal }: { readonly since: Instant; readonly signal: AbortSignal },
  ): Promise<Look> {
    const { readers, clock } = this.#options;
    const root = readers.liveRootOf(process.pid);
    const key = root === null ? null : `${root} ${JSON.stringify(wanted)}`;
    const known = key === null ? undefined : this.#looks.get(key);
    if (known !== undefined && known.at >= since) return known;
    const at = clock();
    const look = { at, list: await readers.scanLiveRoot(process, wanted, signal) };
    if (this.#looks.size >= REMEMBERED_MAX) this.#looks.clear();
    if (key !== null) this.#looks.set(key, look);
    return look;
  }
}
