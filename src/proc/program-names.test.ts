import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { programNames } from './program-names.ts';

describe('names of programs', () => {
  const rows: readonly [string, string | null, string, string][] = [
    ['a plain program', '/usr/sbin/nginx', 'nginx', 'nginx'],
    ['one that names its threads', '/usr/bin/node', 'node-MainThread', 'node'],
    ['one whose name was cut', '/usr/lib/systemd/systemd-journald', 'systemd-journal', 'systemd-journald'],
    ['a script and its interpreter', '/usr/bin/python3.11', 'fail2ban-server', 'fail2ban-server'],
    ['a title that is no name', '/usr/bin/python3.11', 'gunicorn: maste', 'python3.11'],
    ['a thread that is no name', '/usr/bin/node', 'MainThread', 'node'],
    ['without the right to look', null, 'sshd', 'sshd'],
  ];
  for (const [title, executable, command, name] of rows) {
    it(`${title}: ${name}`, () => {
      assert.deepEqual(programNames(executable, command), { name, executable });
    });
  }

  it('is the link by which one of many programs in a file was called', () => {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'sheer-names-')));
    try {
      const file = join(directory, 'redis-check-rdb');
      writeFileSync(file, '');
      symlinkSync('redis-check-rdb', join(directory, 'redis-server'));
      assert.deepEqual(programNames(file, 'redis-server'), {
        name: 'redis-server',
        executable: join(directory, 'redis-server'),
      });
      assert.equal(programNames(file, 'redis-cli').executable, file);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
