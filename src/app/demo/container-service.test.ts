import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../test/fakes/until.ts';

describe('the container service of a demo', () => {
  it('ends with the demo, also when that is killed', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'sheerline-service-'));
    t.after(() => rmSync(directory, { recursive: true, force: true }));
    const pidFile = join(directory, 'pid');
    // In place of podman: says who it is, makes its socket's file, and stays.
    const podman = `#!/bin/sh\necho $$ >${pidFile}\n: >"\${4#unix://}"\nexec sleep 60\n`;
    writeFileSync(join(directory, 'podman'), podman, { mode: 0o755 });
    const module = join(import.meta.dirname, 'container-service.ts');
    const demo = `
      import { containerService } from '${module}';
      await containerService('${directory}', []);
      process.kill(process.pid, 'SIGKILL');`;
    const { DOCKER_HOST: _own, ...environment } = process.env;
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', demo], {
      env: { ...environment, PATH: `${directory}:${process.env['PATH'] ?? ''}` },
    });
    assert.equal(killed.signal, 'SIGKILL');
    const pid = readFileSync(pidFile, 'utf8').trim();
    await until(() => isOver(pid));
  });
});

/** Gone, or a zombie that nobody has fetched: that has no command line. */
function isOver(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length === 0;
  } catch {
    return true;
  }
}
