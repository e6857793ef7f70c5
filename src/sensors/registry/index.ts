export { createRegistrySource } from './registry-source.ts';
export type { RegistrySource, RegistrySourceOptions } from './registry-source.ts';
export type { AttachedDocument } from './attached-documents.ts';
export { credentialsFrom } from './credentials.ts';
export type { CredentialLookup, Credentials } from './credentials.ts';
