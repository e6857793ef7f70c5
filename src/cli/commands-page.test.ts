import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { commandsPage } from './commands-page.ts';

const page = join(import.meta.dirname, '../../docs/commands.md');

describe('docs/commands.md', () => {
  it('is what the commands say; made anew by `node scripts/commands-page.ts`', () => {
    assert.equal(readFileSync(page, 'utf8'), commandsPage());
  });
});
