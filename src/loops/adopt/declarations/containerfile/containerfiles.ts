import path from 'node:path';

import type { DeclaredFile } from '../../questions.ts';
import type { Problem } from '../problem.ts';
import { type Containerfile, readContainerfile } from './read-containerfile.ts';

/** The Containerfiles that came along, each read once, when some image is built from it. */
export class Containerfiles {
  readonly #files: ReadonlyMap<string, DeclaredFile>;
  readonly #read = new Map<string, Containerfile>();

  constructor(files: readonly DeclaredFile[]) {
    this.#files = new Map(files.map((file) => [pathOf(file), file]));
  }

  /** Null: it did not come along. */
  at(place: string): Containerfile | null {
    const known = this.#read.get(place);
    if (known !== undefined) return known;
    const file = this.#files.get(place);
    if (file === undefined) return null;
    const read = readContainerfile(file);
    this.#read.set(place, read);
    return read;
  }

  problems(): readonly Problem[] {
    return [...this.#read.values()].flatMap(({ problems }) => problems);
  }

  warnings(): readonly string[] {
    return [...this.#read.values()].flatMap(({ warnings }) => warnings);
  }
}

function pathOf({ name, directory }: DeclaredFile): string {
  return path.posix.join(directory ?? path.posix.dirname(name), path.posix.basename(name));
}
