import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  composeScans,
  composeScansInTurns,
  type ImageContent,
  type ImageContentSource,
  type LayerScan,
  type LiveProcess,
} from '#sensors';
import type { Distribution, PackageList } from '#model';
import type { ImageReaders, ReadDocument } from './image-readers.ts';
import { PatchError } from './patch-error.ts';

export interface FakeImage {
  readonly id: string;
  readonly name: string;
  readonly diffIds: readonly string[];
  readonly packages: readonly string[];
}

interface Stored {
  readonly config: Buffer;
  readonly layers: readonly Buffer[];
}

const digest = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Images whose layers are JSON: what a scan of them finds. They are read as others are. */
export class FakeImages implements ImageReaders {
  readonly #stored = new Map<string, Stored>();
  /** Names of the layers that were sent. */
  readonly sent: string[] = [];
  /** What opening an image fails with. */
  failure: Error | null = null;
  /** What scanning a layer fails with. */
  refusal: Error | null = null;
  /** Called before a layer is scanned. */
  beforeScan: () => void = () => undefined;
  /** Images that only a registry has: ids by name. */
  readonly elsewhere = new Map<string, string>();
  /** Live root file systems that are otherwise than their images, by pid. */
  readonly live = new Map<number, readonly string[] | Error>();
  /** Of the images that are added next. */
  distribution: Distribution = DEBIAN;
  documents: readonly Buffer[] = [];
  readDocument: (bytes: Uint8Array) => Promise<ReadDocument> = () =>
    Promise.reject(new PatchError('invalid-input', 'this is no document'));

  readonly source: ImageContentSource = {
    id: 'podman',
    open: (wanted) => {
      if (this.failure !== null) return Promise.reject(this.failure);
      const stored = this.#stored.get(wanted.id ?? this.elsewhere.get(wanted.names[0] ?? '') ?? '');
      return Promise.resolve(stored === undefined ? null : this.#contentOf(stored));
    },
  };

  readonly places = [
    {
      source: this.source,
      background: true,
      documents: () => Promise.resolve(this.documents.map((bytes) => ({ digest: digest(bytes), bytes }))),
    },
  ];

  /** `openssl 3.0.11-1`: Debian packages, each its own source; the base's stay unless the image has another version. */
  add(packages: readonly string[], base: FakeImage | null): FakeImage {
    const below = base === null ? [] : (this.#stored.get(base.id)?.layers ?? []);
    const all = merged(base?.packages ?? [], packages);
    const layers = [...below, layerOf(all, base === null ? this.distribution : null)];
    const diffIds = layers.map(digest);
    const config = Buffer.from(JSON.stringify({ rootfs: { diff_ids: diffIds } }));
    this.#stored.set(digest(config), { config, layers });
    return { id: digest(config), name: '', diffIds, packages: all };
  }

  remove(image: FakeImage): void {
    this.#stored.delete(image.id);
  }

  async scanLayer(bytes: Readable): Promise<LayerScan> {
    this.beforeScan();
    const content = Buffer.concat(await bytes.toArray());
    if (this.refusal !== null) throw this.refusal;
    return { ...scanOf(content), diffId: digest(content) };
  }

  readonly composeScans = composeScansInTurns;

  scanLiveRoot({ pid }: LiveProcess): Promise<PackageList> {
    const found = this.live.get(pid);
    if (found === undefined)
      return Promise.reject(new PatchError('not-permitted', 'its root file system may not be read'));
    if (found instanceof Error) return Promise.reject(found);
    const scan = { ...scanOf(layerOf(found, DEBIAN)), diffId: 'live' };
    return Promise.resolve(composeScans(['live'], new Map([['live', scan]])));
  }

  liveRootOf(pid: number): string {
    return String(pid);
  }

  #contentOf({ config, layers }: Stored): ImageContent {
    const sent = this.sent;
    return {
      async *layers(skip) {
        for (const layer of layers) {
          const name = `blob-${digest(layer)}`;
          if (skip(name)) continue;
          sent.push(name);
          await Promise.resolve();
          yield { name, bytes: Readable.from([layer], { objectMode: false }) };
        }
      },
      config: () => Promise.resolve(config),
      manifestDigest: () => null,
      close: () => Promise.resolve(),
    };
  }
}

function merged(below: readonly string[], own: readonly string[]): readonly string[] {
  const byName = new Map([...below, ...own].map((each) => [each.split(' ')[0], each]));
  return [...byName.values()];
}

const DEBIAN: Distribution = { id: 'debian', versionId: '12', name: 'Debian GNU/Linux 12 (bookworm)' };

function layerOf(packages: readonly string[], distribution: Distribution | null): Buffer {
  const status = {
    path: '/var/lib/dpkg/status',
    packages: packages.map((each) => {
      const [name = '', version = ''] = each.split(' ');
      return { readBy: 'dpkg', name, version, architecture: 'amd64', source: { name, version } };
    }),
  };
  const release = {
    path: '/etc/os-release',
    packages: [],
    distribution,
  };
  const scan = {
    format: 1,
    records: distribution === null ? [status] : [release, status],
    whiteouts: [],
    opaque: [],
    replaced: '',
    unread: [],
  };
  return Buffer.from(JSON.stringify(scan));
}

function scanOf(layer: Buffer): Omit<LayerScan, 'diffId'> {
  // Written by `layerOf` above.
  return JSON.parse(layer.toString()) as Omit<LayerScan, 'diffId'>;
}
