import type { Clock } from '#model';
import type { FlowImports, Questions } from '#loops/adopt';
import type { PatchQuestions } from '#loops/patch';
import type { Changes } from './changes.ts';
import type { MetricFamily } from './metrics.ts';

/** A constant message plus fields. */
export interface ServerLogger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What the server stands on: everything is injected. */
export interface ServerOptions {
  readonly questions: Questions;
  readonly imports: FlowImports;
  readonly patch: PatchQuestions;
  readonly changes: Changes;
  /** Asked of every TCP request as `Authorization: Bearer`; of the owner, so it may do everything. */
  readonly token: string;
  /** Further values of `Host` that are answered over TCP, beside the loopback names with the port. */
  readonly allowedHosts?: readonly string[];
  readonly version: string;
  /** Who uses the Unix socket: the user who runs the control plane. Written into the audit. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: ServerLogger;
  /** An id that nobody has used, for errors in the log. */
  readonly newId: () => string;
  /** Asked for by `POST /api/v1/shutdown`; called once the answer is on its way. */
  readonly shutdown: () => void;
  /** Further metrics beside those of the API and of `status`. */
  readonly metrics?: () => readonly MetricFamily[];
  readonly limits?: Partial<ServerLimits>;
}

export interface ServerLimits {
  /** Requests per second that are sustained, and at once after a pause. */
  readonly socketRate: Rate;
  readonly tcpRate: Rate;
  readonly declarationBytesMax: number;
  readonly flowChunkBytesMax: number;
  readonly documentBytesMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly connectionsMax: number;
  readonly eventStreamsMax: number;
  /** A comment keeps an event stream alive through proxies. */
  readonly heartbeatMs: number;
}

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * The owner's own tools use the socket: the limit only stops a loop that went wild. A browser or a
 * script on TCP has no reason for more than 100 a second. A declaration of 4 MiB holds about
 * 40,000 services; a flow-log chunk of 8 MiB about 80,000 lines; a package list of 64 MiB about 60,000
 * packages, as the wordiest tools write them.
 */
export const DEFAULT_LIMITS: ServerLimits = {
  socketRate: { perSecond: 2000, burst: 4000 },
  tcpRate: { perSecond: 100, burst: 200 },
  declarationBytesMax: 4 * 1024 * 1024,
  flowChunkBytesMax: 8 * 1024 * 1024,
  documentBytesMax: 64 * 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  connectionsMax: 512,
  eventStreamsMax: 64,
  heartbeatMs: 15_000,
};
