export type * from './store.ts';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite/open.ts';
