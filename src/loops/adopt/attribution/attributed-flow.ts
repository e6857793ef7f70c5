import type { FlowVerdict, Instant, Protocol } from '#model';

/**
 * One end of a flow, by whom and by where. `holder` is an instance id (`container/…`, `process/…`),
 * `node/NAME`, `internet`, or empty: then the address is all that is known, and it is named again
 * whenever somebody asks, because facts may have come late and names apply to the past.
 */
export interface AttributedEnd {
  readonly holder: string;
  readonly scope: string;
  readonly ip: string;
}

export interface AttributedFlow {
  readonly source: string;
  readonly at: Instant;
  readonly protocol: Protocol;
  readonly client: AttributedEnd;
  readonly server: AttributedEnd;
  /** The port that the server listens on, after translation. */
  readonly port: number;
  readonly verdict: FlowVerdict;
  readonly connections: number;
  readonly bytes: number | null;
}

/** An undeclared public peer: all of them are one external. */
export const INTERNET = 'internet';

export const nodeHolder = (node: string): string => `node/${node}`;
