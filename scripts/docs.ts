import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES } from './docs/pages.ts';

// Writes the pages that are made from the code.
for (const [path, content] of Object.entries(PAGES)) {
  writeFileSync(join(import.meta.dirname, '..', path), content());
}
