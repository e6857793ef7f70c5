import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { DEFAULT_PORT_RANGE, isServerSide, parsePortRange } from './server-side.ts';

describe('which side of a connection is the server', () => {
  const rows: readonly [string, number, string, number, readonly number[], boolean][] = [
    ['someone listens at the local port', 8080, '10.0.0.2', 40_000, [8080], true],
    ['nobody listens', 40_000, '10.0.0.2', 8080, [9090], false],
    ['only the peer listens, on this machine', 40_000, '127.0.0.1', 8080, [8080], false],
    ['a server on a client’s port', 40_000, '10.0.0.2', 50_000, [40_000], true],
    ['both listen: the one with a client’s port connected', 40_000, '127.0.0.1', 8080, [40_000, 8080], false],
    ['both listen: its peer', 8080, '127.0.0.1', 40_000, [40_000, 8080], true],
    ['the listener has gone', 8080, '10.0.0.2', 40_000, [], true],
    ['two clients’ ports', 40_000, '10.0.0.2', 40_001, [], false],
  ];
  for (const [name, localPort, remoteIp, remotePort, listening, expected] of rows) {
    it(name, () => {
      const ends = { localPort, remoteIp, remotePort };
      assert.equal(isServerSide(ends, new Set(listening), DEFAULT_PORT_RANGE), expected);
    });
  }

  it('reads the range of clients’ ports, or takes the kernel’s default', () => {
    assert.deepEqual(parsePortRange('1024\t65000\n'), { first: 1024, last: 65_000 });
    for (const text of [null, '', '5', 'a b', '9 3'])
      assert.deepEqual(parsePortRange(text), DEFAULT_PORT_RANGE);
  });
});
