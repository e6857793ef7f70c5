import { storeConformance } from '../store.conformance.ts';
import { openSqliteStore } from './open.ts';

storeConformance('SQLite', (directory, clock) => openSqliteStore({ directory, clock, node: 'node-1' }));
