import { advisoriesConformance } from '../../advisories.conformance.ts';
import { openSqliteAdvisories } from './open-advisories.ts';

advisoriesConformance('SQLite', (directory, read) => openSqliteAdvisories({ directory, read }));
