import type { LayerScan } from '#sensors';
import type { Store } from '#store';
import { getJson, putJson } from './stored-list.ts';

const SNAPSHOT = 'layer-scans';
const FORMAT = 1;

/** The table takes 300 bytes a layer: so it is not written after every layer. */
const SAVE_EVERY = 200;

/**
 * What layers say, by diffId, so that a base's are read once for all images above it. The scans lie
 * in the content store; where, is a snapshot: losing it costs reading layers again, nothing else.
 */
export class LayerScans {
  readonly #store: Store;
  /** diffId → where its scan lies. */
  readonly #scans = new Map<string, string>();
  /** A source's name of a layer, such as a blob's digest → its diffId. */
  readonly #names = new Map<string, string>();
  #unsaved = 0;

  constructor(store: Store) {
    this.#store = store;
    const part = store.snapshots.read(SNAPSHOT, FORMAT)?.parts[0];
    if (part === undefined) return;
    // Written by `save` below.
    const saved = JSON.parse(Buffer.from(part).toString()) as Saved;
    this.#scans = new Map(saved.scans);
    this.#names = new Map(saved.names);
  }

  has(diffId: string): boolean {
    return this.#scans.has(diffId);
  }

  /** Null: it was not read, or what was kept of it is gone. */
  get(diffId: string): LayerScan | null {
    const digest = this.#scans.get(diffId);
    if (digest === undefined) return null;
    // Put there by `put` below, and held against its digest since.
    const scan = getJson(this.#store.content, digest) as LayerScan | null;
    if (scan === null) this.#scans.delete(diffId);
    return scan;
  }

  diffIdOf(name: string): string | null {
    return this.#names.get(name) ?? null;
  }

  put(name: string, scan: LayerScan): void {
    this.#scans.set(scan.diffId, putJson(this.#store.content, scan));
    this.#names.set(name, scan.diffId);
    if (++this.#unsaved >= SAVE_EVERY) this.save();
  }

  save(): void {
    if (this.#unsaved === 0) return;
    this.#unsaved = 0;
    const saved: Saved = { scans: [...this.#scans], names: [...this.#names] };
    this.#store.snapshots.write(SNAPSHOT, {
      version: FORMAT,
      positions: {
        audit: this.#store.head('audit').position,
        observations: this.#store.head('observations').position,
      },
      parts: [Buffer.from(JSON.stringify(saved))],
    });
  }
}

interface Saved {
  readonly scans: readonly (readonly [string, string])[];
  readonly names: readonly (readonly [string, string])[];
}
