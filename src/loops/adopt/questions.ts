import type {
  AuditRecord,
  CallAnswer,
  CapabilityAnswer,
  DeclarationResult,
  ExternalAnswer,
  FlowAnswer,
  HistoryEntry,
  ImageAnswer,
  InstanceAnswer,
  Instant,
  LintFinding,
  NextStep,
  NodeAnswer,
  ServiceAnswer,
  SourceAnswer,
  StatusAnswer,
  TeamAnswer,
  VerificationAnswer,
  WhoAnswer,
  WhoisAnswer,
  WhyAnswer,
} from '#model';

/** Narrows a list; `at` null means now. */
export interface ListFilter {
  readonly at: Instant | null;
  readonly team: string | null;
  readonly environment: string | null;
}

/**
 * Everything that can be asked of the adopt loop. The HTTP API is a thin shell over this; the
 * methods throw SheerError with a code, never anything else on purpose.
 */
export interface Questions {
  status(): StatusAnswer;
  sources(): readonly SourceAnswer[];
  capabilities(): readonly CapabilityAnswer[];
  services(filter: ListFilter): readonly ServiceAnswer[];
  instances(filter: ListFilter & { readonly service: string | null }): readonly InstanceAnswer[];
  nodes(filter: ListFilter): readonly NodeAnswer[];
  images(filter: ListFilter): readonly ImageAnswer[];
  teams(filter: ListFilter): readonly TeamAnswer[];
  externals(filter: ListFilter): readonly ExternalAnswer[];
  calls(filter: ListFilter & { readonly since: Instant | null }): readonly CallAnswer[];
  whois(question: {
    readonly ip: string;
    readonly port: number | null;
    readonly at: Instant | null;
    readonly scope: string | null;
  }): WhoisAnswer;
  who(subject: string): WhoAnswer;
  why(from: string, to: string, port: number | null): WhyAnswer;
  flows(question: {
    readonly since: Instant;
    readonly until: Instant;
    readonly from: string | null;
    readonly to: string | null;
    readonly unknown: boolean;
    readonly limit: number;
  }): readonly FlowAnswer[];
  history(subject: string, limit: number): readonly HistoryEntry[];
  lint(): readonly LintFinding[];
  next(service: string | null): readonly NextStep[];
  auditTail(after: number, limit: number): readonly AuditRecord[];
  auditVerify(head: { readonly position: number; readonly hash: string } | null): VerificationAnswer;
  /** Everything that was parsed and checked from files, given as data; `dryRun` shows the plan. */
  declare(
    files: readonly DeclaredFile[],
    options: { readonly dryRun: boolean; readonly actor: string },
  ): DeclarationResult;
  /** A sheer.yaml for what runs and is not declared. */
  suggest(): string;
}

/** A file as the user gave it; the loop parses and checks all of them before it changes anything. */
export interface DeclaredFile {
  /** As it is called in messages: relative to where the user stands. */
  readonly name: string;
  readonly content: string;
  /**
   * Absolute path of the directory in which it stands. With it, what CODEOWNERS and `source:` say is
   * found by the working directories of what runs.
   */
  readonly directory?: string;
  /** It declares nothing by itself: `images:` of one of the others speaks of it. */
  readonly kind?: 'containerfile';
}

/**
 * Late logs of other tools, uploaded in chunks: bounded memory, a progress bar and a resume come
 * from the shape. `append` is idempotent by offset.
 */
export interface FlowImports {
  /**
   * The same fingerprint, format and scope continue the same import. Of the `earlier` ones, which the
   * log may have had when it was shorter, the first under which an import was begun is continued.
   * With `again` its lines are read once more from the beginning, for their names: nothing is counted.
   */
  open(request: {
    readonly fingerprint: string;
    readonly earlier?: readonly string[];
    readonly again?: boolean;
    readonly format: 'vpc' | 'zeek' | 'conntrack';
    readonly scope: string | null;
  }): FlowImportState;
  /**
   * Takes bytes that begin at `offset` of the file; the answer's `offset` says where the next chunk
   * begins (a last, unfinished line is not taken). `final` says that the file ends here.
   * With `wantLines` each line comes back as one line of JSON with names.
   */
  append(chunk: {
    readonly id: string;
    readonly offset: number;
    readonly bytes: Uint8Array;
    readonly final: boolean;
    readonly wantLines: boolean;
  }): { readonly state: FlowImportState; readonly lines: string | null };
}

export interface FlowImportState {
  readonly id: string;
  readonly offset: number;
  /** CRC-32 of the bytes before `offset`: whether a log really begins with what was imported. */
  readonly checksum: number;
  readonly lines: number;
  readonly named: number;
  readonly halfNamed: number;
  readonly unnamed: number;
  readonly malformed: number;
  /** The first hundred, with their line numbers. */
  readonly problems: readonly { readonly line: number; readonly problem: string }[];
  readonly firstAt: Instant | null;
  readonly lastAt: Instant | null;
}
