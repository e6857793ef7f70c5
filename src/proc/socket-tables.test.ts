import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { FakeProcDirectory, socketRow } from '../../test/fakes/proc-directory.ts';
import { ProcError } from './proc-error.ts';
import { createProcFiles } from './proc-files.ts';
import { readSocketTables } from './socket-tables.ts';

describe('reading socket tables', () => {
  let proc: FakeProcDirectory;
  beforeEach(() => {
    proc = new FakeProcDirectory();
    const row = socketRow('0100007F:0050', '00000000:0000', 10, 7);
    for (const table of ['tcp', 'tcp6', 'udp', 'udp6'] as const) proc.table(table, [row]);
  });
  afterEach(() => proc.remove());

  const rows = (pids: readonly number[] | 'own' = 'own'): readonly string[] => {
    const found: string[] = [];
    for (const table of readSocketTables(createProcFiles(proc.directory), pids)) {
      while (table.rows.next()) found.push(`${table.protocol} ${table.rows.localPort}`);
    }
    return found;
  };
  const count = (tcp: number, timeWait: number, tcp6: number): void => {
    proc.write(
      'net/sockstat',
      `sockets: used 9\nTCP: inuse ${tcp} orphan 0 tw ${timeWait} alloc 1\nUDP: inuse 0 mem 0\n`,
    );
    proc.write('net/sockstat6', `TCP6: inuse ${tcp6}\nUDP6: inuse 0\n`);
  };

  it('reads all four when the kernel does not count', () => {
    assert.deepEqual(rows(), ['tcp 80', 'tcp 80', 'udp 80', 'udp 80']);
  });

  it('leaves out what the kernel says is empty', () => {
    count(0, 0, 0);
    assert.deepEqual(rows(), []);
    count(1, 0, 0);
    assert.deepEqual(rows(), ['tcp 80']);
    count(0, 5, 0);
    assert.deepEqual(
      rows(),
      ['tcp 80', 'tcp 80'],
      'connections that have just been closed, of either family',
    );
  });

  it('takes the next process when the first is gone', () => {
    proc.table('tcp', [socketRow('0100007F:0051', '00000000:0000', 10, 8)], 12);
    assert.deepEqual(rows([11, 12]), ['tcp 81']);
    assert.deepEqual(rows([11]), []);
  });

  it('fails when its own can’t be read', () => {
    proc.delete('net');
    assert.throws(() => rows(), ProcError);
  });
});
