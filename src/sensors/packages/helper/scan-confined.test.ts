import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { SensorError } from '../../sensor-error.ts';
import { writeTar } from '../tar-writer.ts';
import { scanHelperCommand } from './helper-command.ts';
import { CONFINED_LIMITS, scanConfined } from './scan-confined.ts';

const layer = gzipSync(
  writeTar([{ name: 'node_modules/a/package.json', content: Buffer.from('{"name":"a","version":"1"}') }]),
);

/** The helpers that this process has: the one that waits for the next layer is among them. */
async function ownHelpers(): Promise<readonly string[]> {
  for (;;) {
    const helpers = children().filter((pid) => commandOf(pid).includes('scan-helper'));
    if (helpers.length > 0) return helpers;
    await delay(10);
  }
}

/** Also those that have ended, until Node has taken notice. */
function children(): readonly string[] {
  const text = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  return text.split(' ').filter((pid) => pid !== '');
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function refusal(message: RegExp, code: string) {
  return (error: unknown) =>
    error instanceof SensorError && error.code === code && message.test(error.message);
}

describe('the confined helper', () => {
  it('tells what is in a layer', async () => {
    const scan = await scanConfined(Readable.from([layer]));
    assert.deepEqual(scan.records[0]?.packages[0]?.name, 'a');
  });

  it('refuses as the scan does', async () => {
    await assert.rejects(
      scanConfined(Readable.from([layer.subarray(0, 50)])),
      refusal(/cut off/, 'invalid-input'),
    );
  });

  it('is done with a layer that it refused, however much of it is still to come', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536, 'x');
      })(),
    );
    await assert.rejects(scanConfined(endless), refusal(/wrong sum/, 'invalid-input'));
    assert.ok(endless.destroyed);
  });

  it('is killed at its limits', async () => {
    const never = new PassThrough();
    never.write(layer.subarray(0, 10));
    const slow = scanConfined(never, { limits: { ...CONFINED_LIMITS, timeMs: 300 } });
    await assert.rejects(slow, refusal(/took longer than 0.3 s/, 'too-large'));
    const small = scanConfined(Readable.from([layer]), { limits: { ...CONFINED_LIMITS, answerBytes: 10 } });
    await assert.rejects(small, refusal(/its answer has more than 10 bytes/, 'too-large'));
    const waiting = new PassThrough();
    const fat = scanConfined(waiting, { limits: { ...CONFINED_LIMITS, residentBytes: 1000 } });
    await assert.rejects(fat, refusal(/of memory/, 'too-large'));
  });

  it('that foreign bytes crash says so, and that a second attempt may tell more', async () => {
    const waiting = new PassThrough();
    const scan = scanConfined(waiting);
    for (const helper of await ownHelpers()) process.kill(Number(helper), 'SIGSEGV');
    const crashed = refusal(/crashed on it \(SIGSEGV\)/, 'invalid-input');
    await assert.rejects(scan, (error) => crashed(error) && (error as SensorError).remedy === 'retry');
  });

  it('is another one for each layer, and the next one is started ahead', async () => {
    await scanConfined(Readable.from([layer]));
    const [next] = await ownHelpers();
    assert.ok(next !== undefined);
    await scanConfined(Readable.from([layer]));
    const after = await ownHelpers();
    assert.ok(!after.includes(next), 'it was taken for the second layer, and ended with it');
    // Whatever ends it while it waits, the next layer is read.
    for (const helper of after) process.kill(Number(helper), 'SIGKILL');
    while (children().some((pid) => after.includes(pid))) await delay(10);
    assert.equal((await scanConfined(Readable.from([layer]))).records.length, 1);
  });

  it('that waits for a layer keeps nobody from ending, and ends then', async () => {
    const entry = fileURLToPath(new URL('scan-confined.ts', import.meta.url));
    const script = `
      import { readFileSync } from 'node:fs';
      import { Readable } from 'node:stream';
      import { scanConfined } from ${JSON.stringify(entry)};
      await scanConfined(Readable.from([Buffer.from('${layer.toString('base64')}', 'base64')]));
      const children = '/proc/self/task/' + process.pid + '/children';
      process.on('exit', () => process.stdout.write(readFileSync(children, 'utf8').trim()));
    `;
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
    const helper = run.stdout;
    assert.match(helper, /^\d+$/, 'it was still there when its starter ended');
    while (commandOf(helper).includes('scan-helper')) await delay(10);
  });

  it('passes on why its source broke off', async () => {
    const broken = new PassThrough();
    const failure = new SensorError('sensor-failed', 'the registry hung up', { remedy: 'retry' });
    const scan = scanConfined(broken);
    broken.destroy(failure);
    await assert.rejects(scan, (error) => error === failure);
  });

  it('ends where the caller gives up', async () => {
    const gaveUp = new AbortController();
    const scan = scanConfined(new PassThrough(), { signal: gaveUp.signal });
    gaveUp.abort();
    await assert.rejects(scan, { name: 'AbortError' });
  });

  it('can read no file, write none, start nothing and reach nobody', async () => {
    const { command, args } = await scanHelperCommand();
    const probe = `
      const results = {};
      const attempt = (name, act) => { try { act(); results[name] = 'done'; } catch (error) { results[name] = error.code; } };
      const { createRequire } = process.getBuiltinModule('node:module');
      const fs = process.getBuiltinModule('node:fs');
      attempt('read', () => fs.readFileSync('/etc/passwd'));
      attempt('list', () => fs.readdirSync('/'));
      attempt('write', () => fs.writeFileSync('/tmp/sheerline-must-not-be', ''));
      attempt('start', () => process.getBuiltinModule('node:child_process').spawnSync('true'));
      attempt('worker', () => new (process.getBuiltinModule('node:worker_threads').Worker)('1', { eval: true }));
      const socket = process.getBuiltinModule('node:net').connect(9, '127.0.0.1');
      socket.on('error', (error) => { results.connect = error.code; console.log(JSON.stringify(results)); });
    `;
    const run = spawnSync(command, [...args.slice(0, -1), '--eval', probe], { encoding: 'utf8', env: {} });
    const results: unknown = JSON.parse(run.stdout);
    const denied = 'ERR_ACCESS_DENIED';
    assert.deepEqual(results, {
      read: denied,
      list: denied,
      write: denied,
      start: denied,
      worker: denied,
      connect: denied,
    });
  });
});
