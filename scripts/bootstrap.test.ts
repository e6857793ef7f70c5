import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';

/** Stand-ins that write down how they were called; `npm ci` takes its time, so that runs overlap. */
const PROGRAMS = {
  npm: `echo "npm $*" >>"$CALLS"; sleep 0.3; mkdir -p node_modules/.bin
    printf '#!/bin/sh\\necho v26\\n' >node_modules/.bin/node; chmod +x node_modules/.bin/node`,
  'apt-get': 'echo "apt-get $*" >>"$CALLS"; [ ! -x "$POLICY_RC_D" ] || echo "services stay off" >>"$CALLS"',
  'dpkg-query': 'for last; do :; done; [ "$last" = "$MISSING" ] || printf installed',
  ldconfig: 'echo "	$LIBRARY (libc6,x86-64) => /lib/$LIBRARY"',
  id: 'echo "$USER_ID"',
};

/** Debian marks them essential. */
const EVERYWHERE = ['util-linux', 'perl-base'];

class Checkout {
  readonly directory: string;

  constructor(t: TestContext) {
    this.directory = mkdtempSync(join(tmpdir(), 'sheerline-bootstrap-'));
    t.after(() => rmSync(this.directory, { recursive: true, force: true }));
    mkdirSync(join(this.directory, 'scripts'));
    mkdirSync(join(this.directory, 'programs'));
    cpSync(join(import.meta.dirname, 'bootstrap.sh'), join(this.directory, 'scripts/bootstrap.sh'));
    for (const [name, body] of Object.entries(PROGRAMS)) {
      const path = join(this.directory, 'programs', name);
      writeFileSync(path, `#!/bin/sh\n${body}\n`);
      chmodSync(path, 0o755);
    }
    this.lock('first');
  }

  lock(text: string): void {
    writeFileSync(join(this.directory, 'package-lock.json'), text);
  }

  /** How the stand-ins were called so far. */
  get calls(): readonly string[] {
    const path = join(this.directory, 'calls');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  /** What it said; rejects when it failed. */
  run(parameters: readonly string[] = [], settings: Readonly<Record<string, string>> = {}): Promise<string> {
    const child = spawn('sh', [join(this.directory, 'scripts/bootstrap.sh'), ...parameters], {
      env: {
        PATH: `${join(this.directory, 'programs')}:/usr/bin:/bin`,
        CALLS: join(this.directory, 'calls'),
        MISSING: 'none',
        USER_ID: '1000',
        LIBRARY: 'libatomic.so.1',
        POLICY_RC_D: join(this.directory, 'policy-rc.d'),
        ...settings,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once('close', (code) => (code === 0 ? resolve(output) : reject(new Error(output))));
    });
  }
}

describe('the bootstrap', () => {
  it('installs what is missing once, also when several start at once', async (t) => {
    const checkout = new Checkout(t);
    await Promise.all([checkout.run(), checkout.run(), checkout.run()]);
    assert.deepEqual(checkout.calls, ['npm ci --ignore-scripts=false --no-audit --no-fund --loglevel=error']);
    assert.equal(await checkout.run(), '', 'quiet when there is nothing to do');
    assert.equal(checkout.calls.length, 1);
  });

  it('installs again when the lock changed, or when the pinned Node is gone', async (t) => {
    const checkout = new Checkout(t);
    await checkout.run();
    checkout.lock('second');
    await checkout.run();
    assert.equal(checkout.calls.length, 2);
    rmSync(join(checkout.directory, 'node_modules/.bin/node'));
    await checkout.run();
    assert.equal(checkout.calls.length, 3);
  });

  it('installs missing Debian packages as root', async (t) => {
    const checkout = new Checkout(t);
    await checkout.run(['--system'], { MISSING: 'bpftrace', USER_ID: '0' });
    assert.deepEqual(checkout.calls.slice(1), [
      'apt-get -q update',
      'services stay off',
      'apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends bpftrace',
      'services stay off',
    ]);
    assert.ok(!existsSync(join(checkout.directory, 'policy-rc.d')));
  });

  it('forbids no service for good when it is interrupted', async (t) => {
    const checkout = new Checkout(t);
    await checkout.run();
    const settings = { MISSING: 'bpftrace', USER_ID: '0' };
    writeFileSync(join(checkout.directory, 'programs/apt-get'), '#!/bin/sh\nkill -TERM $PPID; sleep 0.1\n');
    await assert.rejects(checkout.run(['--system'], settings));
    assert.ok(!existsSync(join(checkout.directory, 'policy-rc.d')));
  });

  it('tells everybody else what to run', async (t) => {
    const checkout = new Checkout(t);
    const output = await checkout.run(['--system'], { MISSING: 'bpftrace' });
    assert.match(output, /sudo apt-get install --no-install-recommends bpftrace/);
    assert.equal(checkout.calls.length, 1);
  });

  it('brings the library that the pinned Node needs, or says how to', async (t) => {
    const bare = { LIBRARY: 'libc.so.6' };
    const checkout = new Checkout(t);
    await assert.rejects(checkout.run([], bare), /sudo apt-get install libatomic1/);
    assert.deepEqual(checkout.calls, []);
    await checkout.run([], { ...bare, USER_ID: '0' });
    assert.match(checkout.calls.at(-2) ?? '', /install --no-install-recommends libatomic1$/);
  });

  it('installs every package that a test asks for', () => {
    const script = readFileSync(join(import.meta.dirname, 'bootstrap.sh'), 'utf8');
    const installed = new Set([
      ...EVERYWHERE,
      ...[...script.matchAll(/^(?:long_)?packages='(?<names>[^']+)'/gm)].flatMap(
        (match) => match.groups?.['names']?.split(/\s+/) ?? [],
      ),
    ]);
    const asked = globSync('{src,test,examples}/**/*.ts', { cwd: join(import.meta.dirname, '..') }).flatMap(
      (path) =>
        [
          ...readFileSync(join(import.meta.dirname, '..', path), 'utf8').matchAll(
            /apt-get install (?:-y )?(?<names>[a-z0-9 .+-]+)/g,
          ),
        ]
          .flatMap((match) => match.groups?.['names']?.trim().split(' ') ?? [])
          .map((name) => ({ path, name })),
    );
    assert.ok(asked.length > 5);
    assert.deepEqual(
      asked.filter(({ name }) => !installed.has(name)),
      [],
    );
  });

  it('fails with what npm said', async (t) => {
    const checkout = new Checkout(t);
    writeFileSync(join(checkout.directory, 'programs/npm'), '#!/bin/sh\necho no network; exit 1\n');
    await assert.rejects(checkout.run(), /no network/);
    assert.ok(!existsSync(join(checkout.directory, 'node_modules')));
  });
});
