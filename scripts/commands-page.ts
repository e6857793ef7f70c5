import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsPage } from '#cli';

// Writes docs/commands.md anew: `node scripts/commands-page.ts`.
writeFileSync(join(import.meta.dirname, '..', 'docs', 'commands.md'), commandsPage());
