import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';

import { declaredFiles } from './declared-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'sheerline-containerfiles-'));
after(() => {
  rmSync(directory, { recursive: true });
});

function write(path: string, ...lines: readonly string[]): string {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, lines.join('\n'));
  return file;
}

describe('the Containerfiles of what is declared', () => {
  it('are sent along, each once, wherever they lie', async () => {
    write('base/Dockerfile', 'FROM debian:12');
    write('shop/web/Containerfile', 'FROM base');
    write('shop/web/Dockerfile', 'FROM other');
    write('shop/api/build/x', 'FROM base');
    const manifest = write(
      'shop/sheer.yaml',
      'images:',
      '  web: { context: web }',
      '  web-again: { context: web, target: x }',
      '  base: { context: ../base }',
      '  api: { context: api, containerfile: build/x }',
      '  missing: { context: nowhere }',
      '  directory: { context: ., containerfile: web }',
      '  wrong: 7',
    );
    const files = await declaredFiles(manifest);
    assert.deepEqual(
      files.map(({ content, directory: place, kind }) => [content.split('\n')[0], place, kind]),
      [
        ['images:', join(directory, 'shop'), undefined],
        ['FROM base', join(directory, 'shop/web'), 'containerfile'],
        ['FROM debian:12', join(directory, 'base'), 'containerfile'],
        ['FROM base', join(directory, 'shop/api/build'), 'containerfile'],
      ],
    );
  });

  it('are none, where a file is no YAML: the control plane says so', async () => {
    const manifest = write('wrong/sheer.yaml', 'images: [');
    assert.equal((await declaredFiles(manifest)).length, 1);
  });
});
