import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import manifest from '../package.json' with { type: 'json' };
import { forbiddenImports, isTestCode, moduleOf } from './rules/check-imports.ts';
import { MODULES } from './rules/module-map.ts';
import { readSource } from './rules/source-file.ts';
import { ROOT, trackedFiles } from './rules/tracked-files.ts';

const tracked = trackedFiles();
const sources = tracked
  .filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !path.includes('/fixtures/'))
  .map((path) => readSource(path, readText(path)));
const product = sources.filter((file) => !isTestCode(file.path));

/** Fewer would mean that the rules look in the wrong place; raise it as the project grows. */
const FILES_MIN = 350;

function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

describe('the rules of the project', () => {
  it('are applied to all of its files', () => {
    assert.ok(sources.length >= FILES_MIN, `${sources.length} files seen`);
    assert.deepEqual(
      Object.keys(MODULES).filter((name) => !product.some((file) => moduleOf(file.path) === name)),
      [],
      'modules in the table that do not exist',
    );
  });

  it('imports follow the table, through front doors', () => {
    assert.deepEqual(
      sources.flatMap((file) => forbiddenImports(file, manifest.imports)),
      [],
    );
  });

  it('an import that breaks them is found', () => {
    const planted: readonly (readonly [path: string, source: string, problem: string])[] = [
      ['src/graph/a.ts', "import { open } from '#store';", 'graph may not import store'],
      ['src/graph/a.ts', "import { readFileSync } from 'node:fs';", 'this module does no I/O'],
      ['src/graph/a.ts', "export * from '../model/fact.ts';", 'goes past a front door; import #model'],
      ['src/graph/a.ts', "import { a } from '../../test/a.ts';", 'lies outside of src'],
      ['src/graph/a.ts', "import { z } from 'zod';", 'this package is not in its row of the table'],
      ['src/graph/a.ts', "const store = await import('#store');", 'graph may not import store'],
      ['src/graph/a.ts', "type A = import('#store').Store;", 'graph may not import store'],
      [
        'src/graph/a.test.ts',
        "import { a } from '../store/chain.ts';",
        'goes past a front door; import #store',
      ],
      ['src/sdk/a.ts', "import { SheerError } from '#model';", 'sdk may import types of model only'],
      ['src/store/a.ts', "import { a } from '#nowhere';", 'is not in the imports map of package.json'],
      ['src/store/a.ts', "import { a } from '#store';", 'is its own front door; import the file'],
      [
        'src/engines/containers/a.ts',
        "import { a } from '../processes/a.ts';",
        'containers and processes must not know each other',
      ],
      ['scripts/a.ts', "import { a } from '../src/graph/a.ts';", 'goes past a front door; import #graph'],
    ];
    for (const [path, source, problem] of planted) {
      const found = forbiddenImports(readSource(path, source), manifest.imports);
      assert.equal(found.length, 1, `${path}: ${source}`);
      assert.ok(found[0]?.endsWith(problem), `found: ${found[0]}`);
    }
    const allowed = "import type { Fact } from '#model'; import { a } from './b.ts';";
    assert.deepEqual(forbiddenImports(readSource('src/graph/a.ts', allowed), manifest.imports), []);
  });

  it('no default exports, enums or namespaces', () => {
    const exempt = new Set(['scripts/test/reporter.ts']); // Node loads a reporter by its default export.
    assert.deepEqual(
      sources.filter((file) => file.hasDefaultExport && !exempt.has(file.path)).map((file) => file.path),
      [],
    );
    assert.deepEqual(
      sources.filter((file) => file.unstrippable.length > 0).map((file) => file.path),
      [],
    );
    assert.ok(readSource('a.ts', 'export default 1;').hasDefaultExport);
    assert.deepEqual(readSource('a.ts', 'enum A { B }').unstrippable, ['enum']);
  });

  it('files are small: 400 lines at most, half of them under 80 lines of code, nine of ten under 250', () => {
    assert.deepEqual(
      sources.filter((file) => file.lines > 400).map((file) => `${file.path}: ${file.lines}`),
      [],
    );
    const sizes = product.map((file) => file.codeLines).toSorted((a, b) => a - b);
    const quantile = (share: number) => sizes[Math.floor(sizes.length * share)] ?? 0;
    assert.ok(quantile(0.5) <= 80, `median ${quantile(0.5)}`);
    assert.ok(quantile(0.9) <= 250, `nine of ten ${quantile(0.9)}`);
  });

  it('names say what is inside: kebab-case, no drawers for odds and ends', () => {
    const names = sources.map((file) => file.path);
    assert.deepEqual(
      names.filter((path) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*[./])+(?:ts|tsx|mjs)$/.test(path)),
      [],
    );
    assert.deepEqual(
      names.filter((path) => /(?:^|\/)(?:utils?|helpers|common|misc|shared)(?:\/|\.)/.test(path)),
      [],
    );
  });

  it('nothing is left for later, and nothing names the place where it was written', () => {
    // One letter in brackets, so that this file does not match itself.
    const later = /\b(?:T[O]DO|F[I]XME)\b/;
    const place = /\/w[o]rk\/(?:main|shared)|"resolved": "h[t]tp|r[e]gistry\.npmjs/;
    const found = tracked
      .filter((path) => !path.includes('/fixtures/'))
      .filter((path) => later.test(readText(path)) || place.test(readText(path)));
    assert.deepEqual(found, []);
  });

  it('every module and every dependency has its place in ARCHITECTURE.md', () => {
    assert.ok(existsSync(join(ROOT, 'ARCHITECTURE.md')), 'ARCHITECTURE.md is missing');
    const lines = readText('ARCHITECTURE.md').split('\n');
    const explained = (name: string) =>
      lines.some((line) => line.includes(`\`${name}\``) && line.length > name.length + 40);
    const folders = new Set(product.map((file) => `src/${moduleOf(file.path)}`));
    assert.deepEqual(
      [...folders, ...Object.keys(manifest.dependencies)].filter((name) => !explained(name)),
      [],
    );
  });
});
