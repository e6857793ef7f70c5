import type { Distribution, PackageReader, Unread } from '#model';

/** What one layer says of packages, without the layers below it: plain JSON, kept by `diffId`. */
export interface LayerScan {
  readonly format: 1;
  /** Of the uncompressed bytes, `sha256:…`; of a live root file system what its files were packed as. */
  readonly diffId: string;
  /** By path; a file that was looked into and holds no package has a record too: it replaces what lay there. */
  readonly records: readonly ScanRecord[];
  /** What it takes away from the layers below, each with everything under it. */
  readonly whiteouts: readonly string[];
  /** Directories of which nothing from the layers below is left. */
  readonly opaque: readonly string[];
  /** Everything else that is not a directory: it hides what lay there. Sorted, front-coded. */
  readonly replaced: string;
  readonly unread: readonly Unread[];
}

export interface ScanRecord {
  /** Absolute in the image. */
  readonly path: string;
  readonly packages: readonly FoundPackage[];
  /** Files that a system package brought, as far as a reader of a language would look into them. */
  readonly owns?: readonly string[];
  /** Only of an os-release file. */
  readonly distribution?: Distribution;
}

/** A package as its file says it; what depends on the distribution is added where layers are composed. */
export interface FoundPackage {
  readonly readBy: Exclude<PackageReader, 'cyclonedx' | 'spdx'>;
  /** As {@link Package.name}. */
  readonly name: string;
  /** As the ecosystem writes it whole: with Debian's or rpm's epoch, with Go's `v`. */
  readonly version: string;
  /** Of system packages. */
  readonly architecture: string | null;
  readonly source: { readonly name: string; readonly version: string } | null;
}

/** What a reader makes of one file. Readers are pure and never throw. */
export interface FileReading {
  readonly packages: readonly FoundPackage[];
  /** In plain words, each of something that is there and could not be read. */
  readonly problems: readonly string[];
  readonly owns?: readonly string[];
  readonly distribution?: Distribution;
}

/** A file's content, and its absolute path in the image. */
export type FileReader = (bytes: Buffer, path: string) => FileReading;

export const NOTHING_READ: FileReading = { packages: [], problems: [] };

export function unreadable(problem: string): FileReading {
  return { packages: [], problems: [problem] };
}
