import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConntrackLine } from './conntrack-line.ts';

const ORIGINAL = { source: '10.9.9.1', sourcePort: 47_738, destination: '10.9.9.1', destinationPort: 9_999 };
const REPLY = { source: '10.9.9.1', sourcePort: 8_888, destination: '10.9.9.1', destinationPort: 47_738 };

describe('lines of conntrack 1.4.7', () => {
  it('a new TCP flow that is translated', () => {
    const line =
      '[1795338945.981716]\t    [NEW] tcp      6 120 SYN_SENT src=10.9.9.1 dst=10.9.9.1 sport=47738 dport=9999 [UNREPLIED] src=10.9.9.1 dst=10.9.9.1 sport=8888 dport=47738 id=1701058695';
    assert.deepEqual(parseConntrackLine(line), {
      event: 'new',
      at: Number('1795338945.981716') * 1_000,
      protocol: 'tcp',
      state: 'SYN_SENT',
      timeout: 120,
      original: ORIGINAL,
      reply: REPLY,
      replied: false,
      assured: false,
      packets: null,
      bytes: null,
      id: 1_701_058_695,
    });
  });

  it('the end of a UDP flow, with accounting, deleted by a user', () => {
    const line =
      '[1795338946.335297]\t[DESTROY] udp      17 29 src=10.9.9.1 dst=10.9.9.1 sport=39448 dport=54 packets=1 bytes=78 [UNREPLIED] src=10.9.9.1 dst=10.9.9.1 sport=54 dport=39448 packets=0 bytes=0 delta-time=0 id=3865256218 [USERSPACE] portid=3740286564';
    const parsed = parseConntrackLine(line);
    assert.deepEqual(
      [parsed?.event, parsed?.protocol, parsed?.packets, parsed?.bytes, parsed?.replied, parsed?.id],
      ['destroy', 'udp', 1, 78, false, 3_865_256_218],
    );
  });

  it('a listed IPv6 flow, in the extended form too', () => {
    const short =
      'tcp      6 9 CLOSE src=::1 dst=::1 sport=51158 dport=34229 src=::1 dst=::1 sport=34229 dport=51158 [ASSURED] mark=0 use=1 id=544031290';
    const parsed = parseConntrackLine(short);
    assert.deepEqual(
      [parsed?.event, parsed?.at, parsed?.state, parsed?.timeout, parsed?.assured],
      ['listed', null, 'CLOSE', 9, true],
    );
    assert.deepEqual(parseConntrackLine(`ipv6     10 ${short}`), parsed);
  });

  it('what is not TCP or UDP, and garbage, is none', () => {
    for (const line of [
      'unknown  2 556 src=10.241.251.1 dst=224.0.0.22 [UNREPLIED] src=224.0.0.22 dst=10.241.251.1 mark=0 use=1',
      'icmp     1 29 src=1.1.1.1 dst=2.2.2.2 type=8 code=0 id=7 src=2.2.2.2 dst=1.1.1.1 type=0 code=0 id=7',
      'udp      17 29 src=10.9.9.1 dst=10.9.9.1 sport=x dport=53 src=10.9.9.1 dst=10.9.9.1 sport=53 dport=5',
      'udp 17 29 src=10.9.9.1',
      'conntrack v1.4.7 (conntrack-tools): 0 flow events have been shown.',
      '',
    ])
      assert.equal(parseConntrackLine(line), null);
  });
});
