import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { fixture, fixtureResolver, merged, readAll, sentenceOf } from './flow-log.fixtures.ts';
import { FlowLogError } from './flow-log-error.ts';
import { FlowLogReader, MAX_LINE_BYTES } from './flow-log-reader.ts';

const START = 1_700_000_000;

/** A line of the default VPC format. */
function vpcLine(
  fields: { client?: string; port?: string | number; start?: string | number; bytes?: number } = {},
): string {
  const { client = '10.0.0.11', port = 8080, start = START, bytes = 100 } = fields;
  return `2 123456789010 eni-1235b8ca123456789 ${client} 10.0.0.21 40112 ${port} 6 1 ${bytes} ${start} ${start} ACCEPT OK`;
}

function readText(text: string): ReturnType<typeof readAll> {
  return readAll(Buffer.from(text), { format: 'vpc' });
}

describe('flow logs: fixtures of each format', () => {
  const rows = (name: string, format: 'vpc' | 'zeek' | 'conntrack'): readonly string[] =>
    readAll(fixture(name), { format, capturedAt: (START + 70) * 1000 }).rows.map(sentenceOf);

  it('VPC: both directions are one call, and a connection counts once', () => {
    assert.deepEqual(rows('vpc-default.log', 'vpc'), [
      '22:13 web > api:8080 tcp established, 1 connections, 13100 bytes',
      '22:13 job > api:22 tcp blocked, 1 connections, 40 bytes',
      '22:15 cart > api:8080 tcp established, 1 connections, 180 bytes',
      '22:15 cart > api:443 tcp established, 1 connections, 8855 bytes',
      '22:15 unknown 203.0.113.9 > api:0 icmp established, 1 connections, 336 bytes',
    ]);
  });

  it('VPC with a header: any order of fields, packet addresses before interface addresses, handshake flags', () => {
    assert.deepEqual(rows('vpc-custom.log', 'vpc'), [
      '22:13 web > api:80 tcp established, 1 connections, 6000 bytes',
      '22:13 web > api:40000 tcp established, 1 connections, 60 bytes',
    ]);
  });

  it('Zeek: payload of both directions, what was not measured is null, states are verdicts', () => {
    assert.deepEqual(rows('zeek.log', 'zeek'), [
      '22:13 web > api:8080 tcp established, 1 connections, 1510 bytes',
      '22:13 job > api:8081 tcp unanswered, 1 connections, null bytes',
      '22:13 job > api:8082 tcp refused, 1 connections, 0 bytes',
      '22:14 cart > api:53 udp established, 1 connections, 40 bytes',
      '22:14 cart > api:0 icmp unknown, 1 connections, 112 bytes',
    ]);
    assert.deepEqual(rows('zeek-json.log', 'zeek'), rows('zeek.log', 'zeek').slice(0, 2));
  });

  it('conntrack: the server is where a translated connection really went, its end adds the bytes', () => {
    assert.deepEqual(rows('conntrack-events.log', 'conntrack'), [
      '22:13 web > api:8080 tcp unknown, 1 connections, 1508 bytes',
      '22:13 job > api:53 udp unknown, 1 connections, null bytes',
      '22:15 cart > api:443 tcp unknown, 1 connections, null bytes',
    ]);
    assert.deepEqual(rows('conntrack-list.log', 'conntrack'), [
      '22:14 cart > api:5432 tcp established, 1 connections, 1508 bytes',
      '22:14 job > api:53 udp unanswered, 1 connections, null bytes',
    ]);
  });

  it('counts every line once', () => {
    const { reader } = readAll(fixture('vpc-default.log'), { format: 'vpc' });
    assert.deepEqual(reader.summary(), {
      lines: 8,
      named: 5,
      halfNamed: 1,
      unnamed: 0,
      malformed: 0,
      noData: 2,
      ignored: 0,
      problems: [],
      firstAt: START * 1000,
      lastAt: (START + 100) * 1000,
    });
  });
});

describe('flow logs: time', () => {
  it('names the holder of the line’s own time, in whatever order lines come', () => {
    const { rows } = readText([vpcLine({ start: START + 60 }), vpcLine({ start: START }), ''].join('\n'));
    assert.deepEqual(merged(rows).map(sentenceOf), [
      '22:13 web > api:8080 tcp established, 1 connections, 100 bytes',
      '22:14 cart > api:8080 tcp established, 1 connections, 100 bytes',
    ]);
  });

  it('does not guess when an address changed hands within the second of the log', () => {
    const { rows } = readAll(
      Buffer.from(
        '[1700000061.5] [DESTROY] ipv4 2 tcp 6 src=10.0.0.11 dst=10.0.0.21 sport=4000 dport=80 src=10.0.0.21 dst=10.0.0.11 sport=80 dport=4000 delta-time=1',
      ),
      { format: 'conntrack' },
    );
    assert.deepEqual(rows.map(sentenceOf), [
      '22:14 ambiguous 10.0.0.11 > api:80 tcp unknown, 1 connections, null bytes',
    ]);
  });

  it('refuses absurd times: another unit, zero, letters', () => {
    const { reader, rows } = readText(
      [
        vpcLine(),
        ...[0, '1700000000000', '99999999999999999999', '-5', 'now'].map((start) => vpcLine({ start })),
      ].join('\n'),
    );
    assert.equal(rows.length, 1);
    assert.deepEqual(
      reader.summary().problems.map(({ line, problem }) => `${line}: ${problem}`),
      [
        '2: start: expected Unix seconds between the years 2000 and 2100',
        '3: start: expected Unix seconds between the years 2000 and 2100',
        '4: start: expected a number',
        '5: start: expected a number',
        '6: start: expected a number',
      ],
    );
  });
});

describe('flow logs: lines that are none', () => {
  it('counts a broken line, names its number and what was expected, and reads on', () => {
    const { reader, rows } = readText(
      [
        vpcLine(),
        vpcLine({ client: '10.0.0.256' }),
        vpcLine({ port: 70_000 }),
        '2 123456789010 eni-1',
        `${vpcLine()} more`,
        vpcLine().replace('ACCEPT', 'PERHAPS'),
        vpcLine().replace(/^2/, '5'),
        '',
        vpcLine(),
      ].join('\r\n'),
    );
    assert.deepEqual(reader.summary().problems, [
      { line: 2, problem: 'srcaddr: expected an IP address' },
      { line: 3, problem: 'dstport: expected a number up to 65535' },
      { line: 4, problem: 'expected 14 fields, it ends before srcaddr' },
      { line: 5, problem: 'expected 14 fields, found more' },
      { line: 6, problem: 'action: expected ACCEPT or REJECT' },
      { line: 7, problem: 'version: expected 2 (another version begins with a header line)' },
    ]);
    assert.deepEqual(rows.map(sentenceOf), [
      '22:13 web > api:8080 tcp established, 2 connections, 200 bytes',
    ]);
    assert.equal(reader.summary().ignored, 1, 'the empty line');
  });

  it('a file that was cut anywhere gives the whole lines before the cut, and at most one broken one', () => {
    const whole = `${vpcLine()}\n${vpcLine({ bytes: 7 })}`;
    for (let length = vpcLine().length + 1; length < whole.length; length += 1) {
      const { reader, rows } = readText(whole.slice(0, length));
      assert.deepEqual(
        rows.map(sentenceOf),
        ['22:13 web > api:8080 tcp established, 1 connections, 100 bytes'],
        `cut at ${length}`,
      );
      assert.equal(reader.summary().malformed, length === vpcLine().length + 1 ? 0 : 1);
    }
  });

  it('a line of 10 MB is counted and left out, in whatever chunks it comes, and kept by nobody', () => {
    const text = `${vpcLine()}\n${'x'.repeat(10_000_000)}\n${vpcLine()}\n${'y'.repeat(2 * MAX_LINE_BYTES)}`;
    for (const size of [200_000, 1_500_000, text.length]) {
      const { reader, rows } = readAll(Buffer.from(text), { format: 'vpc' }, () => size);
      assert.deepEqual(reader.summary().problems, [
        { line: 2, problem: 'the line is longer than 1 MiB' },
        { line: 4, problem: 'the line is longer than 1 MiB' },
      ]);
      assert.equal(rows[0]?.connections, 2);
    }
  });

  it('keeps the text of the first hundred problems only', () => {
    const { reader } = readText(`${vpcLine()}\n${'nonsense\n'.repeat(1000)}`);
    assert.equal(reader.summary().malformed, 1000);
    assert.equal(reader.summary().problems.length, 100);
  });
});

describe('flow logs: a file of another format is refused with what it looks like', () => {
  const refusal = (bytes: Uint8Array, format: 'vpc' | 'zeek' | 'conntrack'): string => {
    try {
      readAll(bytes, { format });
    } catch (error) {
      assert.ok(error instanceof FlowLogError);
      assert.equal(error.code, 'invalid-input');
      return error.message;
    }
    return 'taken';
  };
  const table: readonly (readonly [string, Uint8Array, 'vpc' | 'zeek' | 'conntrack', string])[] = [
    [
      'Zeek as VPC',
      fixture('zeek.log'),
      'vpc',
      'this is no VPC flow log; it looks like a Zeek log (--format zeek)',
    ],
    [
      'Zeek JSON as VPC',
      fixture('zeek-json.log'),
      'vpc',
      'this is no VPC flow log; it looks like a Zeek log in JSON (--format zeek)',
    ],
    [
      'VPC as Zeek',
      fixture('vpc-default.log'),
      'zeek',
      'this is no Zeek conn.log; it looks like a VPC flow log (--format vpc)',
    ],
    [
      'VPC as conntrack',
      fixture('vpc-custom.log'),
      'conntrack',
      'this is no conntrack output; it looks like a VPC flow log (--format vpc)',
    ],
    [
      'conntrack as VPC',
      fixture('conntrack-events.log'),
      'vpc',
      'this is no VPC flow log; it looks like conntrack output (--format conntrack)',
    ],
    [
      'what only begins like conntrack output',
      Buffer.from('tcp src=10.0.0.11 dst=10.0.0.21 and nothing else src=\n'),
      'conntrack',
      'this is no conntrack output',
    ],
    [
      'gzip that was not unpacked',
      Buffer.from([0x1f, 0x8b, 8, 0, 1]),
      'vpc',
      'this is no VPC flow log; it looks like a gzip file',
    ],
    [
      'a program',
      Buffer.from('\x7fELF\0\0\0\n'),
      'zeek',
      'this is no Zeek conn.log; it looks like a binary file',
    ],
    ['prose', Buffer.from('Once upon a time\nthere was a log\n'), 'vpc', 'this is no VPC flow log'],
    [
      'Zeek’s dns.log',
      Buffer.from('#separator \\x09\n#path\tdns\n'),
      'zeek',
      "this is Zeek's dns.log; only conn.log holds connections",
    ],
    [
      'a VPC header without ports',
      Buffer.from('srcaddr dstaddr protocol start\n'),
      'vpc',
      'the header of the VPC flow log has no srcport, dstport',
    ],
  ];
  for (const [name, bytes, format, message] of table) {
    it(name, () => assert.equal(refusal(bytes, format), message));
  }

  it('after a hundred lines, not at the end of ten gigabytes', () => {
    const reader = new FlowLogReader({ format: 'vpc', resolver: fixtureResolver });
    assert.throws(() => reader.push(Buffer.from('nonsense\n'.repeat(100)), false), FlowLogError);
  });

  it('an empty file, and one with nothing but a header, are just empty', () => {
    assert.deepEqual(readText('').rows, []);
    assert.deepEqual(readText('version srcaddr dstaddr srcport dstport protocol start\n').rows, []);
  });
});

const LOGS = [
  ['vpc-default.log', 'vpc'],
  ['vpc-custom.log', 'vpc'],
  ['zeek.log', 'zeek'],
  ['zeek-json.log', 'zeek'],
  ['conntrack-events.log', 'conntrack'],
] as const;

describe('flow logs: going on after a kill', () => {
  it('gives the same rows and counters in any chunks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LOGS),
        fc.infiniteStream(fc.integer({ min: 1, max: 400 })),
        ([name, format], sizes) => {
          const whole = readAll(fixture(name), { format });
          const chunked = readAll(fixture(name), { format }, () => sizes.next().value ?? 1);
          assert.deepEqual(merged(chunked.rows), merged(whole.rows));
          assert.deepEqual(chunked.reader.summary(), whole.reader.summary());
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives the same rows and counters when every chunk is read by another process', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LOGS),
        fc.infiniteStream(fc.integer({ min: 1, max: 400 })),
        ([name, format], sizes) => {
          const bytes = fixture(name);
          const whole = readAll(bytes, { format });
          const options = { format, resolver: fixtureResolver };
          let reader = new FlowLogReader(options);
          const rows = [];
          for (let done = 0, end = 0; end < bytes.length;) {
            end = Math.min(bytes.length, end + (sizes.next().value ?? 1));
            done += reader.push(bytes.subarray(done, end), end === bytes.length).consumed;
            rows.push(...reader.drain());
            reader = new FlowLogReader({ ...options, state: reader.state() });
          }
          assert.deepEqual(merged(rows), merged(whole.rows));
          assert.deepEqual(reader.summary(), whole.reader.summary());
        },
      ),
      { numRuns: 200 },
    );
  });

  it('says when the table is full, and loses nothing', () => {
    const lines = Array.from({ length: 5000 }, (_, n) =>
      vpcLine({ client: `10.1.${n >> 8}.${n & 255}` }),
    ).join('\n');
    const small = readAll(Buffer.from(lines), { format: 'vpc', maxRows: 1024 });
    assert.equal(merged(small.rows).length, 5000);
    assert.deepEqual(merged(small.rows), merged(readText(lines).rows));
  });

  it('does not go on as another format', () => {
    const { reader } = readText(vpcLine());
    const options = { format: 'zeek', resolver: fixtureResolver, state: reader.state() } as const;
    assert.throws(() => new FlowLogReader(options), FlowLogError);
  });
});
