import type { Instant } from './instant.ts';
import type { Scope } from './scope.ts';
import type { Protocol, SourceData } from './subject.ts';

/** Who holds one end, where the sensor knows it from the kernel and not from the address. */
export type FlowHolder =
  | { readonly kind: 'container'; readonly id: string }
  | {
      readonly kind: 'process';
      readonly pid: number;
      /** Clock ticks since boot; null where the sensor can't know it. */
      readonly startTicks: number | null;
      /** The kernel's 15-character `comm`. */
      readonly command: string;
    };

export interface FlowEnd {
  readonly ip: string;
  readonly port: number;
  /** Null: this node's view. */
  readonly scope: Scope | null;
  readonly holder: FlowHolder | null;
}

export type FlowVerdict = 'established' | 'refused' | 'unanswered' | 'blocked' | 'unknown';

/** One connection, or several alike, as one sensor saw it. */
export interface Flow {
  readonly kind: 'flow';
  /** When it was opened. */
  readonly at: Instant;
  readonly protocol: Protocol;
  readonly client: FlowEnd;
  readonly server: FlowEnd;
  /** Where the server end really is, after address translation. */
  readonly translated: { readonly ip: string; readonly port: number } | null;
  /**
   * Whose socket was seen. The kernel reports both sockets of a local connection: two flows with
   * the same four addresses, which the attributor joins.
   */
  readonly seenFrom: 'client' | 'server' | 'path';
  readonly verdict: FlowVerdict;
  /** 0 where this only adds bytes to a connection that was already reported. */
  readonly connections: number;
  /** Payload in both directions; null: not measured. */
  readonly bytes: number | null;
}

/** What a flow sensor reports, in batches, in order. */
export type FlowEvent =
  | Flow
  | { readonly kind: 'lost'; readonly at: Instant; readonly count: number; readonly reason: string }
  | { readonly kind: 'watermark'; readonly at: Instant }
  | { readonly kind: 'state'; readonly data: SourceData };
