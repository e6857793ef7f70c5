import { composeScans, scanConfined, type ImageContentSource, type LayerScan } from '#sensors';
import type { PackageList } from '#model';
import type { TreeImage } from './image-tree.ts';

/** Reads images as the product does, layer by layer, each layer once. */
export class ImageReader {
  /** How many layers were sent to the helper. */
  layersRead = 0;
  readonly #source: ImageContentSource;
  readonly #scans = new Map<string, LayerScan>();
  /** Names of layers that were read. */
  readonly #known = new Set<string>();

  constructor(source: ImageContentSource) {
    this.#source = source;
  }

  async read(image: TreeImage): Promise<PackageList> {
    const wanted = { id: image.id, names: [image.reference], digests: [image.digest] };
    const content = await this.#source.open(wanted, new AbortController().signal);
    if (content === null) throw new Error(`${this.#source.id} does not have ${image.reference}`);
    try {
      for await (const { name, bytes } of content.layers((each) => this.#known.has(each))) {
        const scan = await scanConfined(bytes);
        this.#scans.set(scan.diffId, scan);
        this.#known.add(name);
        this.layersRead += 1;
      }
      const { rootfs } = JSON.parse(Buffer.from(await content.config()).toString()) as {
        readonly rootfs: { readonly diff_ids: readonly string[] };
      };
      return composeScans(rootfs.diff_ids, this.#scans, image.id);
    } finally {
      await content.close();
    }
  }
}
