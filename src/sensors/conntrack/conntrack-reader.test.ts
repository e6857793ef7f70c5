import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../test/fakes/until.ts';
import { ConntrackReader } from './conntrack-reader.ts';

const TUPLE = 'src=10.0.0.1 dst=10.0.0.2 sport=5000 dport=53';
const ANSWER = 'src=10.0.0.2 dst=10.0.0.1 sport=53 dport=5000';

describe('the reader of connection tracking', () => {
  it('reads the list again where that failed', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'sheerline-conntrack-'));
    t.after(() => rmSync(directory, { recursive: true, force: true }));
    const conntrack = join(directory, 'conntrack');
    const script = `[ -e "$0.failed" ] || { touch "$0.failed"; exit 1; }\necho 'udp 17 28 ${TUPLE} ${ANSWER} id=7'`;
    writeFileSync(conntrack, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const reader = new ConntrackReader({ clock: () => 2_000_000, timeouts: new Map(), conntrack });
    const flows = () => reader.tick().filter((event) => event.kind === 'flow');
    await until(() => flows().length === 1);
    assert.ok(existsSync(`${conntrack}.failed`));
    reader.stop();
  });
});
