import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readExecutable, readWorkingDirectory } from './process-details.ts';
import { createProcFiles } from './proc-files.ts';

it('what was removed under a running process keeps its name', () => {
  const files = { ...createProcFiles('/proc'), link: (path: string) => `/srv/shop/${path} (deleted)` };
  assert.equal(readExecutable(files, 7), '/srv/shop/7/exe');
  assert.equal(readWorkingDirectory(files, 7), '/srv/shop/7/cwd');
  assert.equal(readWorkingDirectory({ ...files, link: () => null }, 7), null);
});
