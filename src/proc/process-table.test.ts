import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { FakeProcDirectory } from '../../test/fakes/proc-directory.ts';
import { createProcFiles } from './proc-files.ts';
import { createProcessTable } from './process-table.ts';
import type { LiveProcess, ProcessTable } from './process-table.ts';

describe('the table of processes', () => {
  let proc: FakeProcDirectory;
  let table: ProcessTable;
  beforeEach(() => {
    proc = new FakeProcDirectory();
    table = createProcessTable(createProcFiles(proc.directory));
  });
  afterEach(() => proc.remove());

  const look = (): readonly number[] => {
    const refresh = table.refresh();
    for (;;) {
      const step = refresh.next();
      if (step.done === true) return step.value.map((gone: LiveProcess) => gone.startTicks);
    }
  };

  it('knows who came, who stayed and who is gone', () => {
    proc.start({ pid: 10, startTicks: 100 });
    proc.start({ pid: 11, startTicks: 110, namespace: 5 });
    assert.deepEqual(look(), []);
    assert.equal(table.get(11)?.namespace, 5);
    proc.end(10);
    proc.start({ pid: 12, startTicks: 120 });
    assert.deepEqual(look(), [100]);
    assert.deepEqual(
      [...table.all()].map(({ pid }) => pid).toSorted((left, right) => left - right),
      [11, 12],
    );
  });

  it('tells a pid that was taken over from the process that had it', () => {
    proc.start({ pid: 10, startTicks: 100 });
    look();
    proc.end(10);
    proc.start({ pid: 10, startTicks: 900 });
    assert.deepEqual(look(), [100]);
    assert.equal(table.get(10)?.startTicks, 900);
  });

  it('sees a process move into its namespace and its container after the first look', () => {
    const containerId = 'b2'.repeat(32);
    proc.start({ pid: 10, startTicks: 100 });
    look();
    proc.link('10/ns/net', 'net:[77]');
    proc.write('10/cgroup', `0::/libpod-${containerId}\n`);
    look();
    assert.equal(table.get(10)?.namespace, 77);
    assert.equal(table.get(10)?.containerId, containerId);
  });

  it('takes a process that vanishes while it is read for one that was never there', () => {
    proc.write('10/fd/empty', '');
    proc.write('11/stat', '11 (half');
    assert.deepEqual(look(), []);
    assert.equal(table.size, 0);
  });
});
