import type {
  AdvisorySourceAnswer,
  AdvisorySyncAnswer,
  CaseAnswer,
  CaseCounts,
  ExplanationAnswer,
  FixPlanAnswer,
  ImageNodeAnswer,
  ImageReference,
  Instant,
  PackageListAnswer,
  ProofAnswer,
  Severity,
  WaiverAnswer,
} from '#model';

/** A sync of advisories, as somebody asked for it. */
export interface SyncRequest {
  /** A URL, or a path on the control plane's machine; null: every place that was synced before. */
  readonly place: string | null;
  /** Also where a place has lost more than half of what it had. */
  readonly acceptFewer: boolean;
  readonly actor: string;
}

/**
 * Everything that can be asked of the patch loop, and told to it. The HTTP API is a thin shell over
 * this; the methods throw SheerError with a code, never anything else on purpose.
 */
export interface PatchQuestions {
  /** Whether `who` should ask here: an id of a vulnerability, a package URL or `name@range`. */
  isVulnerability(subject: string): boolean;
  imageTree(at: Instant | null): readonly ImageNodeAnswer[];
  /** Reads an image that was not read yet; `refresh` reads it again. */
  packages(subject: string, options: { readonly refresh: boolean }): Promise<PackageListAnswer>;
  /**
   * JSON of an `AffectedAnswer`: of many thousands it would take longer to write than to find. After
   * a restart it waits a few seconds for the package lists; an answer without all of them says so.
   */
  who(subject: string, at: Instant | null): Promise<string>;
  fixPlan(id: string): FixPlanAnswer;
  /** The most urgent first. */
  cases(filter: CaseFilter & { readonly limit: number | null }): readonly CaseAnswer[];
  /** How many there are; without a filter that costs little. */
  caseCounts(filter: CaseFilter): CaseCounts;
  case(id: string): CaseAnswer;
  /** Reads the package files of every live instance concerned: takes as long as that takes, or until `signal`. */
  verify(id: string, signal?: AbortSignal): Promise<ProofAnswer>;
  waive(request: {
    readonly vulnerability: string;
    /** A service, an image, a team or an instance. */
    readonly subject: string;
    readonly owner: string;
    readonly reason: string;
    readonly until: Instant;
    readonly actor: string;
    /** Only says what it would be; refuses what would be refused. */
    readonly preview?: boolean;
  }): WaiverAnswer;
  endWaiver(vulnerability: string, subject: string, actor: string): WaiverAnswer;
  waivers(): readonly WaiverAnswer[];
  advisories(): readonly AdvisorySourceAnswer[];
  explain(id: string, purl: string): ExplanationAnswer;
  /** Yields as it goes on, and at the end. */
  sync(request: SyncRequest, signal: AbortSignal): AsyncIterable<AdvisorySyncAnswer>;
  /** A CycloneDX, SPDX or OpenVEX document, told apart by its content. */
  addDocument(
    name: string,
    content: Uint8Array,
    actor: string,
  ): Promise<{ readonly kind: string; readonly id: string }>;
}

/** Null: whatever it is. */
export interface CaseFilter {
  readonly state: 'open' | 'closed' | null;
  /** Of whose services one holds it. */
  readonly team: string | null;
  readonly severity: Severity | null;
  /** Only what should be gone by now. */
  readonly overdue: boolean;
}

/** What the patch loop needs to know of what runs; the adopt loop answers it, the app joins the two. */
export interface RunningInstances {
  /** Everything that ran at `at`; null: now. */
  at(at: Instant | null): readonly RunningInstance[];
  /** As it runs now; null: it does not. Asked of single ones, so that a question about few costs little. */
  one(id: string): RunningInstance | null;
  /**
   * Told of every instance that begins, changes or ends, and with null where names and owners of any
   * of them may have changed. Returns how to stop.
   */
  watch(listener: (instance: string | null) => void): () => void;
}

export interface RunningInstance {
  readonly id: string;
  readonly name: string;
  readonly kind: 'container' | 'process';
  readonly engine: string;
  readonly node: string;
  readonly pid: number | null;
  /** Service id. */
  readonly service: string | null;
  readonly team: string | null;
  readonly environment: string | null;
  /** As it was started from; none of a bare process. */
  readonly images: readonly ImageReference[];
  readonly since: Instant;
}
