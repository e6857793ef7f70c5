import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { run } from '../../../test/fakes/run-program.ts';
import { startServer } from '../../../test/fakes/server.ts';
import type { StartedServer } from '../../../test/fakes/server.ts';
import { fakeTerminal } from '../../../test/fakes/terminal.ts';
import { printedDocuments } from './printed-documents.fixture.ts';

const MEBIBYTE = 1024 * 1024;

/** Lines of a hundred bytes, every thousandth of them broken. */
function logOf(lines: number): string {
  return Array.from({ length: lines }, (_, index) =>
    `${index} ${index % 1000 === 999 ? 'broken' : 'fine'} `.padEnd(99, '.'),
  )
    .map((line) => `${line}\n`)
    .join('');
}

describe('importing flows', () => {
  let server: StartedServer;
  let directory = '';
  beforeEach(async () => {
    server = await startServer();
    directory = mkdtempSync(join(tmpdir(), 'sheer-import-'));
  });
  afterEach(async () => {
    rmSync(directory, { recursive: true });
    await server.stop();
  });

  async function importing(path: string, more: readonly string[] = [], terminal = fakeTerminal()) {
    return run(['--state', server.directory, 'flows', 'import', path, '--format', 'vpc', ...more], {
      terminal,
    });
  }

  it('sends every byte once, in chunks that end anywhere, and sums up', async () => {
    const log = logOf(100_000);
    const path = join(directory, 'vpc.log');
    writeFileSync(path, log);
    const { exit, out } = await importing(path);
    assert.equal(exit, 0);
    assert.equal(server.imports.received(), log);
    assert.match(out, /^100,000 lines, /);
    assert.match(out, /named at both ends {3}99,900 {3}100 %/);
    assert.match(out, /malformed {15}100\n/);
    assert.match(out, /line 1,000: too few fields/);
  });

  it('decompresses while it reads', async () => {
    const log = logOf(60_000);
    const path = join(directory, 'vpc.log.gz');
    writeFileSync(path, gzipSync(log));
    assert.equal((await importing(path)).exit, 0);
    assert.equal(server.imports.received(), log);
  });

  it('takes a last line without an end', async () => {
    const path = join(directory, 'vpc.log');
    writeFileSync(path, 'one\ntwo');
    const { out } = await importing(path);
    assert.match(out, /^2 lines/);
    assert.equal(server.imports.received(), 'one\ntwo');
  });

  it('takes an empty file', async () => {
    const path = join(directory, 'empty.log');
    writeFileSync(path, '');
    const { exit, out } = await importing(path);
    assert.equal(exit, 0);
    assert.match(out, /^0 lines/);
  });

  it('takes a line that is longer than a chunk', async () => {
    const log = `${'x'.repeat(6 * MEBIBYTE)}\nshort\n`;
    const path = join(directory, 'long.log');
    writeFileSync(path, log);
    assert.equal((await importing(path)).exit, 0);
    assert.equal(server.imports.received(), log);
  });

  it('says so when the control plane takes no more', async () => {
    const path = join(directory, 'endless.log');
    writeFileSync(path, 'x'.repeat(9 * MEBIBYTE));
    const { exit, error } = await importing(path);
    assert.equal(exit, 1);
    assert.match(error, /takes no more of this file/);
  });

  for (const compressed of [false, true]) {
    it(`goes on where an import stopped${compressed ? ', in a compressed file too' : ''}`, async () => {
      const log = logOf(100_000);
      const path = join(directory, 'vpc.log');
      writeFileSync(path, compressed ? gzipSync(log) : log);
      const real = server.imports.append.bind(server.imports);
      let appended = 0;
      Object.assign(server.imports, {
        append(chunk: Parameters<typeof real>[0]) {
          appended += 1;
          if (appended === 2) throw new Error('killed');
          return real(chunk);
        },
      });
      const out = join(directory, 'named.ndjson');
      assert.equal((await importing(path, ['--out', out])).exit, 1);
      const before = server.imports.received().length;
      assert.ok(before > 0 && before < log.length);
      const second = await importing(path, ['--out', out]);
      assert.equal(second.exit, 0);
      assert.match(second.error, /behind byte 4,194,300: the rest was imported before; it is named again/);
      assert.equal(server.imports.received(), log);
      assert.equal(printedDocuments(readFileSync(out, 'utf8')).length, 100_000);
    });
  }

  for (const size of [1, 20, 5000]) {
    it(`takes only what was added to a file of ${size} lines since, compressed or not`, async () => {
      const path = join(directory, 'vpc.log');
      const out = join(directory, 'named.ndjson');
      writeFileSync(path, logOf(size));
      await importing(path, ['--out', out]);
      writeFileSync(path, logOf(size * 3));
      const grown = await importing(path);
      assert.match(grown.error, /goes on behind byte [\d,]+: the rest was imported before/);
      assert.match(grown.out, new RegExp(`^${(size * 3).toLocaleString('en')} lines`));
      writeFileSync(path, gzipSync(logOf(size * 40)));
      assert.equal((await importing(path, ['--out', out])).exit, 0);
      assert.equal(server.imports.received(), logOf(size * 40));
      assert.equal(
        printedDocuments(readFileSync(out, 'utf8')).length,
        size * 40,
        'all of it, each line once',
      );
    });
  }

  it('takes a log whole that only begins like another one', async () => {
    const [path, other] = [join(directory, 'vpc.log'), join(directory, 'other.log')];
    const log = logOf(5000);
    writeFileSync(path, log);
    await importing(path);
    const different = `${log.slice(0, -1000)}${'another line\n'.repeat(500)}`;
    for (const added of ['', 'what was added\n']) {
      writeFileSync(other, different + added);
      assert.equal((await importing(other)).exit, 0);
      assert.equal(server.imports.received(), log + different + added);
    }
  });

  it('has nothing to send when the import is done', async () => {
    const path = join(directory, 'vpc.log');
    writeFileSync(path, logOf(10));
    await importing(path);
    const { exit, out } = await importing(path);
    assert.equal(exit, 0);
    assert.match(out, /^10 lines/);
    assert.equal(server.imports.received(), logOf(10));
  });

  it('names a log that was imported without names, and counts it once', async () => {
    const path = join(directory, 'vpc.log');
    const names = join(directory, 'named.ndjson');
    writeFileSync(path, logOf(100_000));
    writeFileSync(names, 'of another log\n');
    await importing(path);
    const { exit, out, error } = await importing(path, ['--out', names]);
    assert.equal(exit, 0);
    assert.match(error, /it is named again, and not counted again/);
    assert.match(out, /^100,000 lines/);
    assert.equal(server.imports.received(), logOf(100_000));
    assert.equal(printedDocuments(readFileSync(names, 'utf8')).length, 100_000);
  });

  it('prints its progress as lines of JSON with --json, the result last', async () => {
    const path = join(directory, 'vpc.log');
    writeFileSync(path, logOf(100_000));
    const { out, error } = await importing(path, ['--json']);
    const printed = printedDocuments(out);
    assert.equal(error, '');
    assert.deepEqual(
      printed.map(({ kind }) => kind),
      ['progress', 'progress', 'progress', 'result'],
    );
    assert.deepEqual([printed.at(-1)?.['lines'], printed.at(-1)?.['malformed']], [100_000, 100]);
  });

  it('shows a person how far it is, on one line of standard error', async () => {
    const path = join(directory, 'vpc.log');
    writeFileSync(path, logOf(100));
    const terminal = fakeTerminal({ interactive: true });
    const { out, error } = await importing(path, [], terminal);
    assert.ok(error.startsWith('\r  100 %   10 kB of 10 kB   100 lines'), error);
    assert.doesNotMatch(error, /\n/);
    assert.match(out, /^100 lines/);
  });

  it('refuses what it can not read or write', async () => {
    const missing = await importing(join(directory, 'none.log'));
    assert.deepEqual(
      [missing.exit, /none\.log can't be read: there is no such file/.test(missing.error)],
      [2, true],
    );
    const isDirectory = await importing(directory);
    assert.deepEqual([isDirectory.exit, /it is a directory/.test(isDirectory.error)], [2, true]);
    const path = join(directory, 'vpc.log');
    writeFileSync(path, 'one\n');
    const out = await importing(path, ['--out', '/none/named.ndjson']);
    assert.deepEqual([out.exit, /named\.ndjson can't be written/.test(out.error)], [2, true]);
  });

  it('refuses a compressed file that is damaged', async () => {
    const path = join(directory, 'vpc.log.gz');
    const whole = gzipSync(logOf(1000));
    writeFileSync(path, whole.subarray(0, whole.length - 20));
    const { exit, error } = await importing(path);
    assert.equal(exit, 2);
    assert.match(error, /vpc\.log\.gz can't be read: its compressed data is cut off/);
  });
});
