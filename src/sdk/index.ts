export { createClient } from './client.ts';
export type { Client, FlowImportChunk, FlowImportRequest, FlowsQuery, ListQuery } from './client.ts';
export { ClientError } from './errors.ts';
export type { ClientEvent } from './events.ts';
export type { ClientFetch, ClientOptions, ClientRequest, ClientResponse } from './transport.ts';
export type { AdvisorySyncStep, CasesFilter, PackagesQuery, WaiverRequest } from './patch.ts';
