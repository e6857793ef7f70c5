import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { HOLDERS, fixture, readAll } from './flow-log.fixtures.ts';
import { namedLine } from './named-line.ts';

describe('flow log lines in names', () => {
  it('writes one line of JSON per flow, with its line number, and a reason where a name is missing', () => {
    const lines: string[] = [];
    readAll(fixture('vpc-default.log'), {
      format: 'vpc',
      onLine: (line) =>
        lines.push(
          namedLine(line, ({ holder }) => {
            const name = HOLDERS[holder];
            return name === undefined
              ? { kind: 'unknown', reason: 'nobody-held-it' }
              : { kind: 'named', name, instance: `container/${name}-1` };
          }),
        ),
    });
    assert.equal(lines.length, 6);
    assert.deepEqual(JSON.parse(lines[0] ?? ''), {
      line: 1,
      at: '2023-11-14T22:13:20.000Z',
      from: 'web',
      to: 'api',
      fromInstance: 'container/web-1',
      toInstance: 'container/api-1',
      fromIp: '10.0.0.11',
      toIp: '10.0.0.21',
      port: 8080,
      protocol: 'tcp',
      verdict: 'established',
      connections: 1,
      bytes: 4100,
    });
    const last = JSON.parse(lines[5] ?? '') as Record<string, unknown>;
    assert.deepEqual([last['line'], last['from'], last['unknown']], [8, null, ['client:nobody-held-it']]);
  });
});
