export type * from './store.ts';
export { flowKey } from './flow-key.ts';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite/open.ts';
export { prepareStateDirectory } from './sqlite/state-directory.ts';
