/**
 * What is to be fixed, and what can be changed: the input of {@link planFixes}. Plain data; the words
 * are defined in docs/fix-planning.md.
 */
export interface FixProblem {
  readonly packages: readonly VulnerablePackage[];
  readonly images: readonly FixImage[];
}

/** One version of a package that an advisory calls vulnerable. */
export interface VulnerablePackage {
  /** The key that holdings name it by. */
  readonly purl: string;
  /** The first version that is not vulnerable; null: none is published. */
  readonly fixed: string | null;
}

export interface FixImage {
  /** Config digest, or what else tells it apart; unique in a problem. */
  readonly id: string;
  readonly name: string;
  readonly team: string | null;
  /** Whether we can build it: without, it stays what it is. */
  readonly buildSource: boolean;
  /** False: declared, and there is no content of it yet; its holdings say what a build would bring in now. */
  readonly built: boolean;
  /** Must end without the packages: it runs, or is declared to be kept right. Does not count before it is built. */
  readonly required: boolean;
  /** That run of it. Only carried through to the plan. */
  readonly instances: number;
  /** Has the package manager with which a layer of its own can upgrade what it inherits. */
  readonly upgrades: boolean;
  readonly base: FixBase | null;
  readonly newerBases: readonly NewerBase[];
  /** Ids of the images that `COPY --from`, or a stage's `FROM`, takes files from; what is copied comes from one of them. */
  readonly copiesFrom: readonly string[];
  readonly holdings: readonly Holding[];
}

export type FixBase =
  /** `pinned`: by digest, so that a rebuild takes the same content again until the reference changes. */
  | { readonly kind: 'image'; readonly id: string; readonly pinned: boolean }
  /** Known by name alone. It has the packages that the image holds with the origin `base`. `neverSeen`: it is ours, and nobody knows what it held. */
  | { readonly kind: 'foreign'; readonly name: string; readonly neverSeen?: boolean };

/** Another image that could be the base, such as a later build of the same repository. */
export interface NewerBase {
  readonly id: string;
  /** The reference that the source has now leads to it already: a rebuild takes it, and nobody edits. */
  readonly sameReference: boolean;
}

/** A package in an image, and how it came in. One package can come in by several ways. */
export interface Holding {
  readonly purl: string;
  readonly layer: number | null;
  readonly origin: HoldingOrigin;
}

export type HoldingOrigin =
  /** By its own build steps, which name a version, or a snapshot, or a lock file: their source must change. */
  | { readonly kind: 'own' }
  /** By its own build steps, which ask for the newest version: building again is enough. */
  | { readonly kind: 'refetched' }
  /** By its own build steps and no package manager: its source must change, and no descendant can upgrade it. `stage`: the one that its steps stand in, from which it is copied. */
  | { readonly kind: 'downloaded'; readonly stage?: string }
  | { readonly kind: 'base' }
  /** Files of another image; null: not known of which. */
  | { readonly kind: 'copied'; readonly from: string | null };
