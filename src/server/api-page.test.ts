import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { apiPage } from './api-page.ts';

const page = join(import.meta.dirname, '../../docs/api.md');

describe('docs/api.md', () => {
  it('is what the route table says; made anew by `node scripts/api-page.ts`', () => {
    assert.equal(readFileSync(page, 'utf8'), apiPage());
  });
});
