import { openSqliteStore, type Store } from '../../src/store/index.ts';

/** An empty store, but for snapshots. */
export function openGeneratedStore(directory: string): Store {
  return openSqliteStore({ directory, clock: () => 1_790_000_000_000, node: 'node-1' });
}
