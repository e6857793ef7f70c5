import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { run } from '../../../test/fakes/run-program.ts';
import type { Ran } from '../../../test/fakes/run-program.ts';
import { fakeTerminal } from '../../../test/fakes/terminal.ts';

/** With these pieces in standard input. */
function compare(pieces: readonly string[], ...options: readonly string[]): Promise<Ran> {
  const input = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  return run(['versions', 'compare', ...options], { terminal: fakeTerminal({ input }) });
}

describe('versions compare', () => {
  it('answers each line of standard input', async () => {
    const ran = await compare(['1.0~rc1 1.0\n1:0 2\n1.0 1.0-0\n'], '--ecosystem', 'Debian:12');
    assert.deepEqual(ran, { exit: 0, out: '<\n>\n=\n', error: '', started: [] });
  });

  it('answers each line of a file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sheer-versions-'));
    const file = join(directory, 'pairs.txt');
    await writeFile(file, '1.9\t1.10\r\n  2   1  ');
    const ran = await run(['versions', 'compare', '--ecosystem', 'npm', file]);
    assert.deepEqual([ran.exit, ran.out], [0, '<\n>\n']);
    await rm(directory, { recursive: true });
  });

  it('does not mind where its input is cut', async () => {
    const text = '1.0é 1.0\n2 1\n';
    const bytes = Buffer.from(text);
    const input = Readable.from([...bytes].map((byte) => Buffer.of(byte)));
    const ran = await run(['versions', 'compare', '--ecosystem', 'debian', '-'], {
      terminal: fakeTerminal({ input }),
    });
    assert.equal(ran.out, '>\n>\n');
  });

  it('gives one document as JSON', async () => {
    const ran = await compare(['1 2\n', '2 2\n\n'], '--ecosystem', 'red hat:9', '--json');
    assert.deepEqual(JSON.parse(ran.out), { ecosystem: 'Red Hat:9', scheme: 'rpm', orders: ['<', '='] });
  });

  it('gives nothing for nothing', async () => {
    assert.deepEqual((await compare([], '--ecosystem', 'npm')).out, '');
    assert.deepEqual(JSON.parse((await compare([''], '--ecosystem', 'npm', '--json')).out), {
      ecosystem: 'npm',
      scheme: 'semver',
      orders: [],
    });
  });

  const malformed: readonly (readonly [what: string, input: string, line: number, answered: string])[] = [
    ['a single word', '1 2\n3\n', 2, '<\n'],
    ['three words', '1 < 2\n', 1, ''],
    ['a blank line between others', '1 2\n\n \n3 4\n', 2, '<\n'],
    ['a line without an end', '1 2\n' + '1'.repeat(70_000), 2, '<\n'],
  ];
  for (const [what, input, line, answered] of malformed) {
    it(`refuses ${what}, by its number`, async () => {
      const ran = await compare([input], '--ecosystem', 'npm');
      assert.deepEqual([ran.exit, ran.out], [2, answered]);
      assert.match(ran.error, new RegExp(`standard input, line ${line}: not two versions`));
      assert.ok(ran.error.length < 400, ran.error);
    });
  }

  it('refuses them as one JSON document, too', async () => {
    const ran = await compare(['1 2\n3\n'], '--ecosystem', 'npm', '--json');
    assert.equal(ran.exit, 2);
    assert.equal(JSON.parse(ran.out).error.code, 'invalid-input');
  });

  it('refuses an ecosystem that it does not know, and suggests one', async () => {
    const ran = await compare([], '--ecosystem', 'debain');
    assert.equal(ran.exit, 2);
    assert.match(ran.error, /"debain"/);
    assert.match(ran.error, /Rocky Linux/);
    assert.match(ran.error, /--ecosystem 'Debian'/);
    assert.match((await compare([], '--ecosystem', 'rocky')).error, /--ecosystem 'Rocky Linux'/);
    assert.doesNotMatch((await compare([], '--ecosystem', 'zypper')).error, / next /);
  });

  it('refuses a file that is not there, and no ecosystem at all', async () => {
    const ran = await run(['versions', 'compare', '--ecosystem', 'npm', '/nowhere/pairs']);
    assert.deepEqual([ran.exit, /no such file/.test(ran.error)], [2, true]);
    assert.equal((await compare(['1 2\n'])).exit, 2);
  });
});
