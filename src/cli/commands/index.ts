import type { CommandDefinition } from '../command.ts';
import { advisoryCommands } from './advisories.ts';
import { auditCommands } from './audit.ts';
import { controlCommands } from './control.ts';
import type { Handlers } from './control.ts';
import { declareCommands } from './declare.ts';
import { flowImportCommands } from './flow-import.ts';
import { packageCommands } from './packages.ts';
import { patchCommands } from './patch.ts';
import { questionCommands } from './questions.ts';
import { tableCommands } from './tables.ts';
import { versionCommands } from './versions.ts';
import { explainCommands } from './versions-explain.ts';
import { waiverCommands } from './waivers.ts';

/** Every command, in the order of the help. */
export function allCommands(handlers: Handlers): readonly CommandDefinition[] {
  return [
    ...controlCommands(handlers),
    ...tableCommands,
    ...questionCommands,
    ...patchCommands,
    ...waiverCommands,
    ...packageCommands,
    ...advisoryCommands,
    ...flowImportCommands,
    ...declareCommands,
    ...auditCommands,
    ...versionCommands,
    ...explainCommands,
  ];
}
