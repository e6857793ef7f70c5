import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { FlowEvent } from '#model';
import { KernelClock } from './kernel-clock.ts';
import { TcpLineReader } from './tcp-line-reader.ts';

const HOST = 0xeffffff9;
const CONTAINER = 'c'.repeat(64);

/** A wall clock that is exactly 1,000,000 ms ahead of the kernel's, which stands at 0. */
const clock = new KernelClock(
  () => 1_000_000,
  () => 0,
);

const newReader = (): TcpLineReader => new TcpLineReader({ node: 'n1', hostNamespace: HOST, clock });

/** As bpftrace 0.17 printed it on a real kernel (times shortened). */
const RECORDED = [
  'Attaching 3 probes...',
  'n 4611 2d17e connections\\x00\\x00\\x00\\x00\\x00',
  'g 0 1 ',
  '6 2 f4240 0 1 7a120 effffff9 1 9ce8 dd37 0 0 0 1000000 0 0 0 1000000 4611 2d17e 0',
  '6 1 f4241 0 2 0 effffff9 1 dd37 9ce8 0 0 0 1000000 0 0 0 1000000 0 0 0',
  '6 4 1e8480 0 3 f4240 effffff9 1 9ce8 dd37 0 0 0 1000000 0 0 0 1000000 4611 2d17e 14',
  'w 2dc6c0 0 3',
  'm 2dc6c0 1',
  '@made[0]: 3',
  '',
].join('\n');

function read(text: string): readonly FlowEvent[] {
  return newReader().read(Buffer.from(text));
}

describe('lines of the kernel program', () => {
  it('become an opened, an accepted and a closed flow, and a watermark', () => {
    const client = {
      ip: '::1',
      port: 40_168,
      scope: 'host/n1',
      holder: { kind: 'process', pid: 0x4611, startTicks: 0x2d17e, command: 'connections' },
    };
    const server = { ip: '::1', port: 56_631, scope: 'host/n1', holder: null };
    const flow = {
      kind: 'flow',
      protocol: 'tcp',
      client,
      server,
      translated: null,
      verdict: 'established',
    };
    assert.deepEqual(read(RECORDED), [
      { ...flow, at: 1_000_001, seenFrom: 'client', connections: 1, bytes: null },
      {
        ...flow,
        at: 1_000_001.000001,
        client: { ...client, holder: null },
        seenFrom: 'server',
        connections: 1,
        bytes: null,
      },
      { ...flow, at: 1_000_001, seenFrom: 'client', connections: 0, bytes: 20 },
      { kind: 'watermark', at: 1_000_003 - 20 },
    ]);
  });

  it('give the same events however the pipe cuts them', () => {
    const whole = read(RECORDED);
    const bytes = Buffer.from(RECORDED);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const reader = newReader();
        const events: FlowEvent[] = [];
        let from = 0;
        for (const cut of [...cuts, bytes.length].toSorted((left, right) => left - right)) {
          events.push(...reader.read(bytes.subarray(from, cut)));
          from = cut;
        }
        assert.deepEqual(events, whole);
      }),
    );
  });

  it('of a command with a line break, spaces and broken UTF-8 are one line', () => {
    const [flow] = read(
      [
        'n 5 6 a\\x0a4 1 \\x2 \\xff\\x00\\x00\\x00\\x00',
        'g 0 1 ',
        '4 3 f4240 0 1 7a120 effffff9 1 d6ae 1 100007f 100007f 5 6 6f',
        '',
      ].join('\n'),
    );
    assert.ok(flow?.kind === 'flow' && flow.client.holder?.kind === 'process');
    assert.equal(flow.client.holder.command, 'a\n4 1 \\x2 \uFFFD');
    assert.deepEqual([flow.verdict, flow.client.ip, flow.server.port], ['refused', '127.0.0.1', 1]);
  });

  it('name a container by the innermost cgroup that is one, with its loopback as a scope of its own', () => {
    const [accepted, connected] = read(
      [
        'g 0 9 container',
        `g 1 9 libpod-${CONTAINER}`,
        'g 2 9 libpod_parent',
        '4 1 f4240 1 1 0 f0000001 9 50 c350 100007f 100007f 0 0 0',
        '4 2 f4240 1 2 7a120 f0000001 9 c350 1bb 200580a 100000a 5 6 0',
        '',
      ].join('\n'),
    );
    assert.ok(accepted?.kind === 'flow' && connected?.kind === 'flow');
    const holder = { kind: 'container', id: CONTAINER };
    const scope = `loopback/container/${CONTAINER}`;
    assert.deepEqual(accepted.server, { ip: '127.0.0.1', port: 80, scope, holder });
    assert.deepEqual(accepted.client, { ip: '127.0.0.1', port: 50_000, scope, holder: null });
    assert.deepEqual(connected.client, { ip: '10.88.0.2', port: 50_000, scope: null, holder });
    assert.deepEqual(connected.server, { ip: '10.0.0.1', port: 443, scope: null, holder: null });
  });

  it('whose cgroup was not told claim no holder and no scope outside of the host', () => {
    const [flow] = read('4 2 f4240 0 1 7a120 f0000001 9 c350 1bb 200580a 100000a 5 6 0\n');
    assert.ok(flow?.kind === 'flow');
    assert.deepEqual([flow.client.holder, flow.client.scope], [null, null]);
  });

  it('of a connection that began before the program have no process', () => {
    const [flow] = read('g 0 1 \n4 2 f4240 0 1 0 effffff9 1 c350 1bb 200580a 100000a 0 0 0\n');
    assert.ok(flow?.kind === 'flow');
    assert.deepEqual([flow.client.holder, flow.seenFrom], [null, 'client']);
  });

  it('count what is missing between two of the same CPU', () => {
    const line = (cpu: number, sequence: number): string =>
      `4 1 f4240 ${cpu} ${sequence.toString(16)} 0 effffff9 1 50 c350 100007f 100007f 0 0 0\n`;
    const events = read(
      `g 0 1 \n${line(0, 1)}${line(1, 1)}${line(0, 12)}w 2dc6c0 0 c\nw 2dc6c0 1 1\nm 2dc6c0 2\n`,
    );
    assert.deepEqual(
      events.filter(({ kind }) => kind === 'lost').map((event) => (event.kind === 'lost' ? event.count : 0)),
      [10],
    );
  });

  it('that are none are passed over', () => {
    for (const garbage of [
      '4 \n',
      '4 2 zz\n',
      '6 1 2 3\n',
      'w\n',
      '\n\n',
      'g 0\n',
      '\u0000\u0001\n',
      '4 2 f4240 0',
    ])
      assert.deepEqual(read(garbage), []);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void newReader().read(bytes)));
  });
});
