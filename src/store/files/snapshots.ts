import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../store-error.ts';
import type { Snapshot, SnapshotStore, StreamName } from '../store.ts';
import { makeFolder, readingFrom, writeDurably, writeDurablyInBackground } from './durable-file.ts';
import { decodeSnapshot, encodeSnapshot, encodeSnapshotSlowly } from './snapshot-format.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

export interface SnapshotFilesOptions {
  readonly folder: string;
  /** Translates failures of files. */
  readonly guarded: <Result>(work: () => Result) => Result;
  /** The chain's hash at a position; null where the stream has none (any more). */
  readonly hashAt: (stream: StreamName, position: number) => string | null;
}

/** One file per name under a folder. */
export class SnapshotFiles implements SnapshotStore {
  readonly #options: SnapshotFilesOptions;
  /** In the background; what is no longer here is no longer wanted. */
  readonly #beingWritten = new Map<string, Snapshot>();

  constructor(options: SnapshotFilesOptions) {
    this.#options = options;
  }

  write(name: string, snapshot: Snapshot): void {
    const path = this.#path(name);
    const { guarded, folder } = this.#options;
    const hashes = this.#hashesOf(snapshot);
    this.#beingWritten.delete(name);
    guarded(() => {
      makeFolder(folder);
      try {
        writeDurably(path, encodeSnapshot(snapshot, hashes));
      } catch (error) {
        rmSync(`${path}.tmp`, { force: true });
        throw error;
      }
    });
  }

  async writeInBackground(name: string, snapshot: Snapshot): Promise<void> {
    const path = this.#path(name);
    const hashes = this.#hashesOf(snapshot);
    this.#beingWritten.set(name, snapshot);
    try {
      makeFolder(this.#options.folder);
      const bytes = await encodeSnapshotSlowly(snapshot, hashes);
      await writeDurablyInBackground(path, bytes, () => this.#beingWritten.get(name) === snapshot);
    } catch (error) {
      this.#options.guarded(() => {
        throw error;
      });
    } finally {
      if (this.#beingWritten.get(name) === snapshot) this.#beingWritten.delete(name);
    }
  }

  read(name: string, version?: number): Snapshot | null {
    const path = this.#path(name);
    const decoded = this.#options.guarded(() => readingFrom(path, decodeSnapshot));
    if (decoded === null) return null;
    const { snapshot, hashes } = decoded;
    if (version !== undefined && snapshot.version !== version) return null;
    const { hashAt } = this.#options;
    const isOurs = (stream: StreamName): boolean =>
      hashes[stream] !== null && hashAt(stream, snapshot.positions[stream]) === hashes[stream];
    return isOurs('audit') && isOurs('observations') ? snapshot : null;
  }

  /** They are derived: removing them costs a replay. */
  removeAll(): void {
    this.#beingWritten.clear();
    this.#options.guarded(() => {
      for (const file of filesIn(this.#options.folder))
        rmSync(join(this.#options.folder, file), { force: true });
    });
  }

  #hashesOf({ positions }: Snapshot): Readonly<Record<StreamName, string | null>> {
    const { hashAt } = this.#options;
    return {
      audit: hashAt('audit', positions.audit),
      observations: hashAt('observations', positions.observations),
    };
  }

  #path(name: string): string {
    if (!NAME.test(name)) {
      throw new StoreError('invalid-input', `${JSON.stringify(name)} is no name for a snapshot.`);
    }
    return join(this.#options.folder, `${name}.snapshot`);
  }
}

function filesIn(folder: string): readonly string[] {
  makeFolder(folder);
  return readdirSync(folder);
}
