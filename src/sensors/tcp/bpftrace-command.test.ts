import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bpftraceCommand } from './bpftrace-command.ts';

describe('how bpftrace is started', () => {
  it('directly where tracefs is mounted', () => {
    const { command, args } = bpftraceCommand({ bpftrace: '/usr/bin/bpftrace', cpus: 2, tracefs: true });
    assert.equal(command, '/usr/bin/bpftrace');
    assert.deepEqual(args.slice(0, 3), ['-B', 'line', '-e']);
  });

  it('elsewhere in a mount namespace of its own, under one pid', () => {
    const { command, args } = bpftraceCommand({ bpftrace: '/usr/bin/bpftrace', cpus: 2, tracefs: false });
    assert.equal(command, 'unshare');
    assert.deepEqual(args.slice(0, 3), ['-m', '--propagation', 'private']);
    assert.ok(args.includes('mount -t tracefs nodev /sys/kernel/tracing && exec "$@"'));
  });

  for (const [cpus, pages] of [
    [1, 4_096],
    [2, 4_096],
    [6, 2_048],
    [64, 256],
    [1_024, 64],
  ] as const) {
    it(`with ${pages} pages of buffer on each of ${cpus} CPUs`, () => {
      const { environment } = bpftraceCommand({ bpftrace: 'bpftrace', cpus, tracefs: true });
      assert.equal(environment['BPFTRACE_PERF_RB_PAGES'], String(pages));
    });
  }
});
