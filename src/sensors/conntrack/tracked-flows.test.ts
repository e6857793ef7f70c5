import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TrackedFlows } from './tracked-flows.ts';

const NOW = 2_000_000;
const TIMEOUTS = new Map([
  ['udp', 30],
  ['udp_stream', 120],
  ['tcp_established', 432_000],
]);

const newFlows = (): TrackedFlows => new TrackedFlows(() => NOW, TIMEOUTS);
const TUPLE = 'src=10.0.0.1 dst=10.0.0.2 sport=5000 dport=53';
const ANSWER = 'src=10.0.0.2 dst=10.0.0.1 sport=53 dport=5000';

describe('tracked flows', () => {
  it('are reported when they begin, without a verdict yet', () => {
    const flow = newFlows().read(`[1000.5] [NEW] udp 17 30 ${TUPLE} [UNREPLIED] ${ANSWER} id=7`);
    assert.deepEqual(flow, {
      kind: 'flow',
      at: 1_000_500,
      protocol: 'udp',
      client: { ip: '10.0.0.1', port: 5_000, scope: null, holder: null },
      server: { ip: '10.0.0.2', port: 53, scope: null, holder: null },
      translated: null,
      seenFrom: 'path',
      verdict: 'unknown',
      connections: 1,
      bytes: null,
    });
  });

  it('are reported once when a list is faster than the event of their beginning', () => {
    const flows = newFlows();
    assert.notEqual(flows.read(`udp 17 28 ${TUPLE} [UNREPLIED] ${ANSWER} id=7`), null);
    const event = `[1000.5] [NEW] udp 17 30 ${TUPLE} [UNREPLIED] ${ANSWER} id=7`;
    assert.equal(flows.read(event), null);
    flows.read(`[1200.5] [DESTROY] udp 17 ${TUPLE} [UNREPLIED] ${ANSWER} id=7`);
    assert.notEqual(flows.read(event), null, 'a new flow with the same ports');
  });

  it('are reported where the end of a listed one with the same ports was lost', () => {
    const flows = newFlows();
    flows.read(`udp 17 28 ${TUPLE} [UNREPLIED] ${ANSWER} id=7`);
    const later = flows.read(`[2100.5] [NEW] udp 17 30 ${TUPLE} [UNREPLIED] ${ANSWER} id=7`);
    assert.ok(later?.kind === 'flow');
    assert.equal(later.at, 2_100_500);
    const end = flows.read(
      `[2200.5] [DESTROY] udp 17 ${TUPLE} packets=2 bytes=156 ${ANSWER} packets=1 bytes=128 id=7`,
    );
    assert.equal(end?.kind === 'flow' && end.at, 2_100_500);
  });

  it('tell to where they are translated', () => {
    const reply = 'src=10.88.0.5 dst=10.0.0.1 sport=8080 dport=5000';
    const flow = newFlows().read(`[1000.5] [NEW] tcp 6 120 SYN_SENT ${TUPLE} [UNREPLIED] ${reply} id=7`);
    assert.ok(flow?.kind === 'flow');
    assert.deepEqual(flow.translated, { ip: '10.88.0.5', port: 8_080 });
  });

  it('add their payload at their end, dated to their beginning', () => {
    const flows = newFlows();
    flows.read(`[1000.5] [NEW] udp 17 30 ${TUPLE} [UNREPLIED] ${ANSWER} id=7`);
    const end = flows.read(
      `[1200.5] [DESTROY] udp 17 ${TUPLE} packets=2 bytes=156 ${ANSWER} packets=1 bytes=128 id=7`,
    );
    assert.ok(end?.kind === 'flow');
    assert.deepEqual(
      [end.at, end.connections, end.bytes, end.verdict],
      [1_000_500, 0, 156 + 128 - 3 * 28, 'established'],
    );
  });

  it('add at their end that nobody answered, and that a connection was refused', () => {
    for (const [protocol, verdict] of [
      ['udp 17', 'unanswered'],
      ['tcp 6 120 CLOSE', 'refused'],
      ['tcp 6 120 SYN_SENT', 'unanswered'],
    ] as const) {
      const flows = newFlows();
      flows.read(`[1000.5] [NEW] ${protocol} ${TUPLE} [UNREPLIED] ${ANSWER} id=7`);
      const end = flows.read(`[1200.5] [DESTROY] ${protocol} ${TUPLE} [UNREPLIED] ${ANSWER} id=7`);
      assert.ok(end?.kind === 'flow');
      assert.deepEqual([end.verdict, end.connections, end.bytes], [verdict, 0, null]);
    }
  });

  it('whose beginning was not seen add nothing at their end: their addresses may be of others now', () => {
    assert.equal(newFlows().read(`[1200.5] [DESTROY] udp 17 ${TUPLE} [UNREPLIED] ${ANSWER} id=7`), null);
  });

  it("are told apart by their ports too: the kernel's id is a hash", () => {
    const flows = newFlows();
    flows.read(`[1000.5] [NEW] udp 17 30 ${TUPLE} [UNREPLIED] ${ANSWER} id=7`);
    const other = TUPLE.replace('dport=53', 'dport=54');
    assert.notEqual(flows.read(`udp 17 29 ${other} [UNREPLIED] ${ANSWER} mark=0 use=1 id=7`), null);
  });

  it('in a list are reported once, as of their last packet', () => {
    const flows = newFlows();
    flows.read(`[1000.5] [NEW] udp 17 30 ${TUPLE} [UNREPLIED] ${ANSWER} id=7`);
    assert.equal(flows.read(`udp 17 29 ${TUPLE} [UNREPLIED] ${ANSWER} mark=0 use=1 id=7`), null);
    const answered = flows.read(`udp 17 100 ${TUPLE} ${ANSWER} [ASSURED] mark=0 use=1 id=8`);
    assert.ok(answered?.kind === 'flow');
    assert.deepEqual([answered.at, answered.verdict], [NOW - 20_000, 'established']);
    const waiting = flows.read(`udp 17 25 ${TUPLE} [UNREPLIED] ${ANSWER} mark=0 use=1 id=9`);
    assert.ok(waiting?.kind === 'flow');
    assert.deepEqual([waiting.at, waiting.verdict], [NOW - 5_000, 'unknown']);
  });
});
