export type * from './store.ts';
export { flowKey } from './flow-key.ts';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite/open.ts';
export type * from './advisories.ts';
export { openSqliteAdvisories, type SqliteAdvisoriesOptions } from './sqlite/advisories/open-advisories.ts';
export { prepareStateDirectory } from './sqlite/state-directory.ts';
