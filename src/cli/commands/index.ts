import type { CommandDefinition } from '../command.ts';
import { auditCommands } from './audit.ts';
import { controlCommands } from './control.ts';
import type { Handlers } from './control.ts';
import { declareCommands } from './declare.ts';
import { flowImportCommands } from './flow-import.ts';
import { questionCommands } from './questions.ts';
import { tableCommands } from './tables.ts';
import { versionCommands } from './versions.ts';

/** Every command, in the order of the help. */
export function allCommands(handlers: Handlers): readonly CommandDefinition[] {
  return [
    ...controlCommands(handlers),
    ...tableCommands,
    ...questionCommands,
    ...flowImportCommands,
    ...declareCommands,
    ...auditCommands,
    ...versionCommands,
  ];
}
