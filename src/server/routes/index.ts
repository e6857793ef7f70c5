import type { Route } from '../route.ts';
import { auditRoutes } from './audit.ts';
import { commandRoutes } from './commands.ts';
import { listRoutes } from './lists.ts';
import { operationRoutes } from './operations.ts';
import { patchCommandRoutes } from './patch-commands.ts';
import { patchRoutes } from './patch.ts';
import { questionRoutes } from './questions.ts';

/** The whole API but its own description, which is made from this. */
export const ROUTES: readonly Route[] = [
  ...questionRoutes,
  ...listRoutes,
  ...auditRoutes,
  ...commandRoutes,
  ...patchRoutes,
  ...patchCommandRoutes,
  ...operationRoutes,
];
