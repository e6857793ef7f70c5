/**
 * What an image is built from, as somebody declared it in `images:` of sheer.yaml and wrote in its
 * Containerfile. Id: the image's name, without a tag.
 */
export interface BuildSourceData {
  /** `registry.example/shop/web`, without a tag or a digest. */
  readonly name: string;
  /** A team. */
  readonly owner: string | null;
  /** Directory that the build sees; absolute where the declaration's own directory is known. */
  readonly context: string;
  /** Relative to the context. */
  readonly containerfile: string;
  /** The stage that becomes the image: its name as declared; null: the last one. */
  readonly target: string | null;
  /**
   * Image reference below the target stage, through the stages in between; null: built from
   * nothing (`scratch`), or the reference depends on an argument that has no default.
   */
  readonly base: string | null;
  readonly stages: readonly BuildStage[];
  /** Of every stage: which of them count follows from the target, see {@link BuildCopy.stage}. */
  readonly copies: readonly BuildCopy[];
  /** What is fetched by hand, which no package manager knows of. */
  readonly downloads: readonly BuildDownload[];
  /** Where the declaration stands: `sheer.yaml images.shop/web`. */
  readonly location: string;
}

/** One `FROM`; its index is its place in the file, from 0. */
export interface BuildStage {
  readonly name: string | null;
  readonly from: BuildOrigin;
  readonly platform: string | null;
  /** Line of the Containerfile, from 1. */
  readonly line: number;
}

/** What a stage begins with, or what files are copied from. */
export type BuildOrigin =
  | { readonly kind: 'image'; readonly reference: string }
  | { readonly kind: 'stage'; readonly stage: number }
  /** Empty. */
  | { readonly kind: 'scratch' }
  /** It depends on an argument without a default; `written` as it stands in the file. */
  | { readonly kind: 'unknown'; readonly written: string };

/** A `COPY --from` or an `ADD --from`; copies from the context are not told. */
export interface BuildCopy {
  /** The stage into which it copies. */
  readonly stage: number;
  readonly from: BuildOrigin;
  readonly sources: readonly string[];
  readonly destination: string;
  readonly line: number;
}

export interface BuildDownload {
  readonly stage: number;
  readonly line: number;
  /** `ADD`: of a URL or a repository. `curl` and `wget`: in a `RUN`. */
  readonly by: 'ADD' | 'curl' | 'wget';
}
