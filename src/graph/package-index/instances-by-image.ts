/** Which instances run which images, as of one moment: built once for it, and asked for many questions. */
export class InstancesByImage {
  readonly #instances: readonly string[];
  /** By image's digest, where its part of the block begins and ends. */
  readonly #parts = new Map<string, { readonly from: number; until: number }>();
  readonly #block: Uint32Array;

  constructor(running: readonly { readonly id: string; readonly images: readonly (string | null)[] }[]) {
    this.#instances = running.map(({ id }) => id);
    const counts = new Map<string, number>();
    for (const { images } of running)
      for (const image of new Set(images))
        if (image !== null) counts.set(image, (counts.get(image) ?? 0) + 1);
    let used = 0;
    for (const [image, count] of counts) {
      this.#parts.set(image, { from: used, until: used });
      used += count;
    }
    this.#block = new Uint32Array(used);
    for (const [index, { images }] of running.entries()) {
      for (const image of new Set(images)) {
        const part = image === null ? undefined : this.#parts.get(image);
        if (part !== undefined) this.#block[part.until++] = index;
      }
    }
  }

  /** Ids of the instances that run any of the images, each once; of a pod several images may match. */
  running(images: Iterable<string>): readonly string[] {
    const found = new Uint8Array(this.#instances.length);
    const ids: string[] = [];
    for (const image of images) {
      const part = this.#parts.get(image);
      if (part === undefined) continue;
      for (let at = part.from; at < part.until; at++) {
        const index = this.#block[at] ?? 0;
        if (found[index] === 1) continue;
        found[index] = 1;
        ids.push(this.#instances[index] ?? '');
      }
    }
    return ids;
  }
}
