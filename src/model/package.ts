/**
 * One package that lies in an image or in a live root file system, as OSV would name it.
 * Plain JSON; a {@link PackageList} is kept in the content store.
 */
export interface Package {
  /** Canonical package URL with its version: the key for joining with lists and statements of other tools. */
  readonly purl: string;
  /** OSV ecosystem with its release, `Debian:12`, `Alpine:v3.19`, `npm`; null: no advisory speaks of it. */
  readonly ecosystem: string | null;
  /** As the ecosystem's advisories spell it: PyPI's normalised name, Maven's `group:artifact`, Go's module path. */
  readonly name: string;
  readonly version: string;
  /** The source package that it was built from, where the distribution's advisories speak of that one. */
  readonly source: { readonly name: string; readonly version: string } | null;
  /** Index into the image's diffIds of the layer that brought in this version; null: not known. */
  readonly layer: number | null;
  /** The file that says so, absolute in the image; null where a list does not tell. */
  readonly path: string | null;
  readonly readBy: PackageReader;
}

/** What a package is known from: a reader of the files themselves, or somebody's list. */
export type PackageReader = 'dpkg' | 'apk' | 'rpm' | 'npm' | 'python' | 'go' | 'jar' | 'cyclonedx' | 'spdx';

/** Of `/etc/os-release`. */
export interface Distribution {
  /** `debian`, `ubuntu`, `alpine`, `rhel`, `fedora`, … */
  readonly id: string;
  /** `12`, `22.04`, `3.19.1`; null: a rolling release, or not said. */
  readonly versionId: string | null;
  readonly name: string;
}

/** Everything that one reading of one image, or one list about it, found. */
export interface PackageList {
  readonly format: 1;
  /** Config digest of the image; null: it is about something else, such as a live root file system. */
  readonly image: string | null;
  readonly distribution: Distribution | null;
  readonly packages: readonly Package[];
  /** What is there and could not be read: nothing is ignored silently. */
  readonly unread: readonly Unread[];
}

export interface Unread {
  /** Absolute in the image. */
  readonly path: string;
  /** In plain words: `the database is torn`, `a package in it has no version`. */
  readonly reason: string;
}
