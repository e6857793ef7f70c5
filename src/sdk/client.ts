import type {
  AffectedAnswer,
  AuditRecord,
  CallAnswer,
  CapabilityAnswer,
  DeclarationResult,
  ExternalAnswer,
  FlowAnswer,
  FlowImportAnswer,
  FlowImportStep,
  HistoryEntry,
  ImageAnswer,
  InstanceAnswer,
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
import { readEvents } from './events.ts';
import type { ClientEvent } from './events.ts';
import { linesOf } from './lines.ts';
import { patch } from './patch.ts';
import { createTransport } from './transport.ts';
import type { ClientOptions, Transport } from './transport.ts';

/** Times are as people write them (`02:13`, `5m`, RFC 3339); the control plane reads them. */
export interface ListQuery {
  readonly at?: string | undefined;
  readonly team?: string | undefined;
  readonly environment?: string | undefined;
}

export interface FlowsQuery {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly unknown?: boolean | undefined;
  readonly limit?: number | undefined;
}

export interface FlowImportRequest {
  readonly format: 'vpc' | 'zeek' | 'conntrack';
  readonly scope: string | null;
  readonly fingerprint: string;
  readonly earlier?: readonly string[];
  readonly again?: boolean;
}

export interface FlowImportChunk {
  readonly id: string;
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly final: boolean;
  readonly lines: boolean;
}

interface StreamHead {
  readonly position: number;
  readonly hash: string;
}

/**
 * A method per route of the HTTP API.
 *
 * All throw ClientError, with the code that the control plane gave or `control-plane-unreachable`.
 */
export type Client = ReturnType<typeof createClient>;

const V1 = '/api/v1';

export function createClient(options: ClientOptions) {
  const transport = createTransport(options);
  return {
    ...lists(transport),
    ...questions(transport),
    ...audit(transport),
    ...commands(transport),
    ...patch(transport),
  };
}

function lists({ json }: Transport) {
  return {
    sources: () => json<readonly SourceAnswer[]>({ path: `${V1}/sources` }),
    capabilities: () => json<readonly CapabilityAnswer[]>({ path: `${V1}/capabilities` }),
    services: (query: ListQuery = {}) =>
      json<readonly ServiceAnswer[]>({ path: `${V1}/services`, query: { ...query } }),
    instances: (query: ListQuery & { readonly service?: string | undefined } = {}) =>
      json<readonly InstanceAnswer[]>({ path: `${V1}/instances`, query: { ...query } }),
    nodes: (query: ListQuery = {}) =>
      json<readonly NodeAnswer[]>({ path: `${V1}/nodes`, query: { ...query } }),
    images: (query: ListQuery = {}) =>
      json<readonly ImageAnswer[]>({ path: `${V1}/images`, query: { ...query } }),
    teams: (query: ListQuery = {}) =>
      json<readonly TeamAnswer[]>({ path: `${V1}/teams`, query: { ...query } }),
    externals: (query: ListQuery = {}) =>
      json<readonly ExternalAnswer[]>({ path: `${V1}/externals`, query: { ...query } }),
    calls: (query: ListQuery & { readonly since?: string | undefined } = {}) =>
      json<readonly CallAnswer[]>({ path: `${V1}/calls`, query: { ...query } }),
  };
}

function questions({ json, text }: Transport) {
  return {
    status: () => json<StatusAnswer>({ path: `${V1}/status` }),
    whois: (query: {
      readonly address: string;
      readonly at?: string | undefined;
      readonly scope?: string | undefined;
    }) => json<WhoisAnswer>({ path: `${V1}/whois`, query: { ...query } }),
    /** Of a vulnerability, a package URL or `name@range`: whom it affects, or affected at `at`. */
    who: (subject: string, at?: string) =>
      json<WhoAnswer | AffectedAnswer>({ path: `${V1}/who`, query: { subject, at } }),
    why: (query: { readonly from: string; readonly to: string; readonly port?: number | undefined }) =>
      json<WhyAnswer>({ path: `${V1}/why`, query: { ...query } }),
    flows: (query: FlowsQuery = {}) =>
      json<readonly FlowAnswer[]>({ path: `${V1}/flows`, query: { ...query } }),
    history: (subject: string, limit?: number) =>
      json<readonly HistoryEntry[]>({ path: `${V1}/history`, query: { subject, limit } }),
    lint: () => json<readonly LintFinding[]>({ path: `${V1}/lint` }),
    next: (service?: string) => json<readonly NextStep[]>({ path: `${V1}/next`, query: { service } }),
    suggestion: () => json<{ readonly suggestion: string }>({ path: `${V1}/suggestion` }),
    health: () => json<{ readonly status: 'ok' }>({ path: '/healthz' }),
    metrics: () => text({ path: '/metrics' }),
    openapi: () => json<Readonly<Record<string, unknown>>>({ path: `${V1}/openapi.json` }),
  };
}

function audit(transport: Transport) {
  const { json } = transport;
  return {
    audit: (query: { readonly after?: number | undefined; readonly limit?: number | undefined } = {}) =>
      json<readonly AuditRecord[]>({ path: `${V1}/audit`, query: { ...query } }),
    auditHead: () => json<Readonly<Record<string, StreamHead>>>({ path: `${V1}/audit/head` }),
    /** `head` is `POSITION:HASH`, as it was kept elsewhere. */
    auditVerify: (head?: string) => json<VerificationAnswer>({ path: `${V1}/audit/verify`, query: { head } }),
    /** Each record as one line of JSON, without the line's end. */
    auditExport: (after?: number) =>
      linesOf(transport.pieces({ path: `${V1}/audit/export`, query: { after } })),
    /** What is recorded, as it is recorded; from `after` on, the id of an earlier event. */
    events: (
      from: { readonly after?: string; readonly signal?: AbortSignal } = {},
    ): AsyncGenerator<ClientEvent> =>
      readEvents(
        transport.pieces({
          path: `${V1}/events`,
          headers: {
            accept: 'text/event-stream',
            ...(from.after === undefined ? {} : { 'last-event-id': from.after }),
          },
          ...(from.signal === undefined ? {} : { signal: from.signal }),
        }),
      ),
  };
}

function commands({ json }: Transport) {
  return {
    declare: (body: {
      readonly files: readonly {
        readonly name: string;
        readonly content: string;
        readonly directory?: string;
        readonly kind?: 'containerfile';
      }[];
      readonly dryRun: boolean;
    }) => json<DeclarationResult>({ method: 'POST', path: `${V1}/declarations`, json: body }),
    openFlowImport: (body: FlowImportRequest) =>
      json<FlowImportAnswer>({ method: 'POST', path: `${V1}/flow-imports`, json: body }),
    appendFlowImport: ({ id, bytes, ...query }: FlowImportChunk) =>
      json<FlowImportStep>({
        method: 'PUT',
        path: `${V1}/flow-imports/${encodeURIComponent(id)}`,
        query,
        bytes,
      }),
    shutdown: () => json<{ readonly stopping: true }>({ method: 'POST', path: `${V1}/shutdown` }),
  };
}
