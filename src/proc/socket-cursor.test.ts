import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { socketRow } from '../../test/fakes/proc-directory.ts';
import { isConnected, isListening, SocketCursor } from './socket-cursor.ts';

const HEADING =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

function rowsOf(...rows: readonly string[]): readonly string[] {
  const text = HEADING + rows.map((row, index) => `${index * 9000}: ${row}\n`).join('');
  const cursor = new SocketCursor(Buffer.from(text));
  const found: string[] = [];
  while (cursor.next()) {
    const { localPort, remotePort, state, inode } = cursor;
    found.push(`${cursor.localIp()} ${localPort} ${cursor.remoteIp()} ${remotePort} ${state} ${inode}`);
  }
  return found;
}

// The words of the fixtures are those of a little-endian machine, as every one that Node runs on today.
describe('socket tables of the kernel', () => {
  const rows: readonly [string, string, string, string][] = [
    ['IPv4 and its listener', '0100007F:1F90', '00000000:0000', '127.0.0.1 8080 0.0.0.0 0 10 77'],
    [
      'another byte order of words',
      '0702002A:0050',
      'FEFFFFFF:FFFF',
      '42.0.2.7 80 255.255.255.254 65535 10 77',
    ],
    [
      'IPv6 loopback',
      '00000000000000000000000001000000:0050',
      '00000000000000000000000000000000:0000',
      '::1 80 :: 0 10 77',
    ],
    [
      'an IPv6 address, every word in little-endian order',
      'B80D0120000000000000000001000000:0050',
      'B80D012067452301EFCDAB8998BADCFE:0051',
      '2001:db8::1 80 2001:db8:123:4567:89ab:cdef:fedc:ba98 81 10 77',
    ],
    [
      'IPv4 through a dual-stack socket',
      '0000000000000000FFFF00000100007F:0050',
      '0000000000000000FFFF00000200580A:0051',
      '127.0.0.1 80 10.88.0.2 81 10 77',
    ],
  ];
  for (const [name, local, remote, expected] of rows) {
    it(`reads ${name}`, () => assert.deepEqual(rowsOf(socketRow(local, remote, 10, 77)), [expected]));
  }

  it('passes over what is cut off or broken, and goes on', () => {
    const good = socketRow('0100007F:1F90', '00000000:0000', 10, 77);
    const bad = ['', 'garbage', good.slice(0, 30), '0100007Z:1F90 00000000:0000 0A', good.replace('77', 'x')];
    assert.deepEqual(rowsOf(...bad, good, good.slice(0, 60)), ['127.0.0.1 8080 0.0.0.0 0 10 77']);
    assert.equal(new SocketCursor(Buffer.from('')).next(), false);
    assert.equal(new SocketCursor(Buffer.from(HEADING.slice(0, 20))).next(), false);
  });

  it('gives the same tuple for the same connection and no other', () => {
    const text = `${HEADING}   0: ${socketRow('0100007F:1F90', '0200007F:0001', 1, 5)}\n`;
    const cursor = new SocketCursor(Buffer.from(text));
    cursor.next();
    assert.equal(cursor.tuple(), '0100007F:1F90 0200007F:0001');
  });

  it('tells listening from connected', () => {
    assert.ok(isListening({ state: 10, remotePort: 0 }, 'tcp'));
    assert.ok(!isListening({ state: 7, remotePort: 0 }, 'tcp'));
    assert.ok(isListening({ state: 7, remotePort: 0 }, 'udp'));
    assert.ok(!isListening({ state: 1, remotePort: 53 }, 'udp'));
    assert.ok(isConnected({ state: 1, remotePort: 53, inode: 7 }));
    assert.ok(isConnected({ state: 5, remotePort: 53, inode: 7 }), 'it has closed its side only');
    assert.ok(!isConnected({ state: 5, remotePort: 53, inode: 0 }), 'its process has let go of it');
    assert.ok(!isConnected({ state: 6, remotePort: 53, inode: 0 }));
  });
});
