import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiPage } from '#server';

// Writes docs/api.md anew: `node scripts/api-page.ts`.
writeFileSync(join(import.meta.dirname, '..', 'docs', 'api.md'), apiPage());
