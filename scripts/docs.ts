import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capabilitiesPage } from './docs/capabilities-page.ts';

// Writes the pages that are made from the code.
writeFileSync(join(import.meta.dirname, '../docs/capabilities.md'), capabilitiesPage());
