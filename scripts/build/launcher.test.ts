import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

/** Makes Node say that it is older, as where the user's own Node starts the command. */
const OLDER_NODE =
  '--import=data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.0.0"}})';

/** Counts the signals that arrive within a moment of the first. */
const COUNTING = `
  let count = 0;
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      count += 1;
      if (count === 1) setTimeout(() => { process.stdout.write(count + ' ' + signal); process.exit(7); }, 500);
    });
  setInterval(() => {}, 1000);
  process.stdout.write('ready ' + process.ppid + '\\n');
`;

const READY = /^ready (\d+)\s/;

describe('the published command under an older Node', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-published-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const program = join(directory, 'sheer.mjs');
  cpSync(join(import.meta.dirname, 'launcher.mjs'), program);
  writeFileSync(join(directory, 'main.js'), COUNTING);
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(join(import.meta.dirname, '../../node_modules/node'), join(directory, 'node_modules/node'));

  /** Interrupts it when it is ready; gives its exit code and what it printed behind that. */
  async function interrupted(
    child: ChildProcess,
    interrupt: (launcher: number) => void,
  ): Promise<readonly [unknown, string]> {
    let output = '';
    let isReady = false;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const launcher = READY.exec(output)?.[1];
      if (isReady || launcher === undefined) return;
      isReady = true;
      interrupt(Number(launcher));
    });
    const exit = await new Promise((resolve) => child.once('close', resolve));
    return [exit, output.replace(READY, '').trim()];
  }

  it('leaves a Ctrl-C to the terminal, which tells both', async () => {
    const line = [process.execPath, OLDER_NODE, program].map((word) => `'${word}'`).join(' ');
    // `script` gives it a terminal.
    const child = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null']);
    const [exit, said] = await interrupted(child, (launcher) => {
      process.kill(launcher, 'SIGINT');
      setTimeout(() => process.kill(launcher, 'SIGTERM'), 300);
    });
    assert.deepEqual([exit, said], [7, '1 SIGTERM']);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`passes ${signal} on where there is no terminal`, async () => {
      const child = spawn(process.execPath, [OLDER_NODE, program], { stdio: ['ignore', 'pipe', 'pipe'] });
      assert.deepEqual(await interrupted(child, () => child.kill(signal)), [7, `1 ${signal}`]);
    });
  }
});
