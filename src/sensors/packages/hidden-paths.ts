import type { LayerScan } from './layer-scan.ts';
import { frontDecode } from './layers/front-coded.ts';
import { ancestorsOf } from './layers/layer-path.ts';

/** That many paths take some 5 ms. */
const PATHS_A_STEP = 10_000;

/**
 * Whether a file of the layers below is gone in this one. A layer may name a million paths, and some
 * thousands are of interest below: only these are looked for, in steps.
 *
 * @param below the paths that may be asked for
 */
export function* hiddenPaths(
  scan: LayerScan,
  below: Iterable<string>,
): Generator<undefined, (path: string) => boolean> {
  const opaque = new Set(scan.opaque);
  if (opaque.has('')) return () => true;
  const changes = new Changes(below);
  for (const path of scan.whiteouts) changes.take(path, 'gone');
  for (const { path } of scan.records) changes.take(path, 'gone');
  let seen = 0;
  for (const path of frontDecode(scan.replaced)) {
    if (++seen % PATHS_A_STEP === 0) yield;
    if (path.endsWith('/')) changes.take(path.slice(0, -1), 'directory');
    else changes.take(path, 'gone');
  }
  return (path) => {
    if (changes.gone.has(path) || changes.directories.has(path)) return true;
    for (const ancestor of ancestorsOf(path))
      if (changes.gone.has(ancestor) || opaque.has(ancestor)) return true;
    return false;
  };
}

/** Of the paths of interest, and of what lies above them: what they are in the layer. */
class Changes {
  readonly gone = new Set<string>();
  readonly directories = new Set<string>();
  readonly #known = new Set<string>();
  #parent = '/';
  #isParentKnown = false;

  constructor(below: Iterable<string>) {
    // The root, as a path without its last slash begins.
    this.#known.add('');
    for (const path of below) {
      this.#known.add(path);
      for (const ancestor of ancestorsOf(path)) {
        if (this.#known.has(ancestor)) break;
        this.#known.add(ancestor);
      }
    }
  }

  take(path: string, kind: 'gone' | 'directory'): void {
    this.#enter(path);
    // What lies above a known path is known: most paths need not be looked up.
    if (!this.#isParentKnown || !this.#known.has(path)) return;
    if (kind === 'gone') this.gone.add(path);
    else this.directories.add(path);
  }

  /** Paths are sorted: most have the same directory as the one before. */
  #enter(path: string): void {
    const slash = path.lastIndexOf('/');
    if (slash === this.#parent.length && path.startsWith(this.#parent)) return;
    this.#parent = path.slice(0, slash);
    this.#isParentKnown = this.#known.has(this.#parent);
    // What lies above an entry is a directory, also where no entry says so.
    for (const ancestor of ancestorsOf(path)) {
      if (this.directories.has(ancestor)) break;
      if (this.#known.has(ancestor)) this.directories.add(ancestor);
    }
  }
}
