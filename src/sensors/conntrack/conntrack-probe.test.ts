import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conntrackRefusal, needsTracking, type ConntrackGround } from './conntrack-probe.ts';

const GOOD: ConntrackGround = { root: true, conntrack: '/usr/sbin/conntrack', entries: 3, rules: null };

describe('whether connections are tracked here', () => {
  it('yes, where there are entries, or rules that will make some', () => {
    assert.equal(conntrackRefusal(GOOD), null);
    assert.equal(conntrackRefusal({ ...GOOD, entries: 0, rules: true }), null);
  });

  for (const [ground, reason] of [
    [{ conntrack: null }, /apt-get install conntrack/],
    [{ root: false }, /sudo sheer up/],
    [{ entries: null }, /nf_conntrack is not loaded/],
    [{ entries: 0, rules: false }, /no firewall rule needs it/],
    [{ entries: 0, rules: null }, /apt-get install nftables/],
  ] as const) {
    it(`no, with the reason: ${reason.source}`, () => {
      assert.match(conntrackRefusal({ ...GOOD, ...ground }) ?? '', reason);
    });
  }

  for (const [rules, expected] of [
    ['type nat hook output priority -100;\ntcp dport 9999 dnat to 10.9.9.1:8888', true],
    ['type nat hook postrouting priority srcnat; policy accept;', false],
    ['ct state established,related accept', true],
    ['meta mark & 0x2000 == 0x2000 counter packets 0 bytes 0 masquerade', true],
    ['# xt_conntrack\nxt match "conntrack" accept', true],
    ['type filter hook input priority filter; policy accept;\ntcp dport 22 accept', false],
    ['comment "the act of direct contact"', false],
    ['', false],
  ] as const) {
    it(`${JSON.stringify(rules)} ${expected ? 'needs' : 'does not need'} tracking`, () => {
      assert.equal(needsTracking(rules), expected);
    });
  }
});
