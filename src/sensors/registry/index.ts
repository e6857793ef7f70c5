export { createRegistrySource } from './registry-source.ts';
export type { RegistrySource, RegistrySourceOptions } from './registry-source.ts';
export type { AttachedDocument } from './attached-documents.ts';
export { credentialFiles, credentialsFrom } from './credentials.ts';
export type { CredentialLookup, Credentials } from './credentials.ts';
export { formatImageReference, parseImageReference } from './reference.ts';
export type { ImageReference } from './reference.ts';
