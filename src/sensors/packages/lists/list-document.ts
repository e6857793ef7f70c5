import type { PackageList } from '#model';

/** A list of packages that somebody else made. */
export interface ListDocument {
  readonly origin: 'cyclonedx' | 'spdx';
  /** What made it: `syft 1.4.1`; null: not told. */
  readonly tool: string | null;
  /** Digests of what it says that it is about: of images, of an in-toto statement's subjects. */
  readonly subjects: readonly string[];
  /** `image` is null: which image is meant is for the caller to tell. */
  readonly list: PackageList;
}
