export { CHAIN_START, chainHash, payloadHash } from './chain.ts';
export { StoreError, type StoreErrorCode } from './store-error.ts';
export type * from './store.ts';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite/open.ts';
