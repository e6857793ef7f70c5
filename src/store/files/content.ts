import { hash as digest } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../store-error.ts';
import type { ContentStore } from '../store.ts';
import { makeFolder, readIfThere, writeDurably } from './durable-file.ts';

const DIGEST = /^sha256:([0-9a-f]{2})([0-9a-f]{62})$/;

/** One file per content under `folder`, in 256 folders. */
export class ContentFiles implements ContentStore {
  readonly #folder: string;
  readonly #guarded: <Result>(work: () => Result) => Result;

  /** @param guarded translates failures of files */
  constructor(folder: string, guarded: <Result>(work: () => Result) => Result) {
    this.#folder = folder;
    this.#guarded = guarded;
  }

  put(bytes: Uint8Array): string {
    const name = `sha256:${digest('sha256', bytes, 'hex')}`;
    const path = this.#path(name);
    return this.#guarded(() => {
      if (readIfThere(path)?.equals(bytes) === true) return name;
      makeFolder(this.#folder);
      try {
        writeDurably(path, [bytes]);
      } catch (error) {
        rmSync(`${path}.tmp`, { force: true });
        throw error;
      }
      return name;
    });
  }

  get(name: string): Uint8Array | null {
    const path = this.#path(name);
    const bytes = this.#guarded(() => readIfThere(path));
    if (bytes === null || `sha256:${digest('sha256', bytes, 'hex')}` === name) return bytes;
    throw new StoreError('record-broken', `The content ${name} was changed: its file has another digest.`, {
      next: `Put ${path} back from a backup, or remove it so that it is recorded again.`,
    });
  }

  #path(name: string): string {
    const match = DIGEST.exec(name);
    const [, prefix, rest] = match ?? [];
    if (prefix === undefined || rest === undefined) {
      throw new StoreError('invalid-input', `${JSON.stringify(name)} is not a digest.`, {
        next: 'A digest is sha256: and 64 lower-case hex digits.',
      });
    }
    return join(this.#folder, prefix, rest);
  }
}
