import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'node:test';
import type { Clock, Fact } from '#model';
import { DAY_MS, NOON } from './sample-facts.ts';
import type { Store, StreamName } from './store.ts';

/** What a suite needs of an implementation: a store in a directory, opened again with what is there. */
export type OpenStore = (directory: string, clock: Clock) => Store;

export interface StoreUnderTest {
  /** A fresh one for each test. */
  readonly store: Store;
  readonly directory: string;
  /** Closes it and opens what it left. */
  reopen(): void;
}

/** Gives each test of the surrounding suite an empty store. */
export function storeUnderTest(open: OpenStore): StoreUnderTest {
  const clock = (): number => NOON + 10 * DAY_MS;
  let current: { readonly directory: string; readonly store: Store } | null = null;
  const opened = (): { readonly directory: string; readonly store: Store } => {
    if (current === null) throw new Error('The store is there only while a test runs.');
    return current;
  };
  beforeEach(() => {
    const directory = mkdtempSync(join(tmpdir(), 'sheer-store-'));
    current = { directory, store: open(directory, clock) };
  });
  afterEach(() => {
    const { directory, store } = opened();
    current = null;
    store.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    get store() {
      return opened().store;
    },
    get directory() {
      return opened().directory;
    },
    reopen: () => {
      const { directory, store } = opened();
      store.close();
      current = { directory, store: open(directory, clock) };
    },
  };
}

/** Every fact of a stream. */
export function factsOf(store: Store, stream: StreamName): readonly Fact[] {
  return [...store.read(stream, 0)].flat();
}
