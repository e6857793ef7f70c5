import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tcpRefusal, type TcpGround } from './tcp-probe.ts';

const GOOD: TcpGround = {
  root: true,
  initialUserNamespace: true,
  bpftrace: '/usr/bin/bpftrace',
  unshare: true,
  typeInformation: true,
  tracefsMounted: false,
  tracefsDirectory: true,
  lockdown: 'none',
};

describe('whether kernel events can be read', () => {
  it('yes, with and without tracefs', () => {
    assert.equal(tcpRefusal(GOOD), null);
    assert.equal(tcpRefusal({ ...GOOD, tracefsMounted: true, unshare: false }), null);
  });

  for (const [missing, next] of [
    [{ bpftrace: null }, /apt-get install bpftrace/],
    [{ root: false }, /sudo sheer up/],
    [{ initialUserNamespace: false }, /outside of it/],
    [{ lockdown: 'confidentiality' }, /lockdown=integrity/],
    [{ typeInformation: false }, /CONFIG_DEBUG_INFO_BTF/],
    [{ tracefsDirectory: false }, /CONFIG_FTRACE/],
    [{ unshare: false }, /apt-get install util-linux/],
  ] as const) {
    it(`no, and what would change it: ${next.source}`, () => {
      assert.match(tcpRefusal({ ...GOOD, ...missing }) ?? '', next);
    });
  }
});
