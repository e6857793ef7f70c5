import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import manifest from '../package.json' with { type: 'json' };
import { commandsPage } from '#cli';
import { PAGES } from '../scripts/docs/pages.ts';
import { ROOT, trackedFiles } from './rules/tracked-files.ts';

const pages = trackedFiles()
  .filter((path) => path.endsWith('.md') && !path.includes('/fixtures/'))
  .map((path) => ({ path, text: readText(path) }));

function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

describe('the documentation', () => {
  it('is found', () => {
    assert.ok(pages.length >= 5, `${pages.length} pages`);
  });

  it('links to what exists', () => {
    assert.deepEqual(
      pages.flatMap(({ path, text }) =>
        linksOf(text)
          .filter((link) => !resolves(path, link))
          .map((link) => `${path}: ${link}`),
      ),
      [],
    );
    assert.deepEqual(linksOf('a [b](c.md#d) and [e](https://f)'), ['c.md#d']);
    assert.ok(!resolves('README.md', 'nowhere.md'));
    assert.ok(!resolves('README.md', 'CONTRIBUTING.md#nowhere'));
  });

  it('lists every page in its index', () => {
    const index = readText('docs/README.md');
    assert.deepEqual(
      pages.filter(
        ({ path }) =>
          /^docs\/[^/]+\.md$/.test(path) &&
          path !== 'docs/README.md' &&
          !index.includes(`(${path.slice(5)})`),
      ),
      [],
    );
  });

  it('names npm scripts that exist', () => {
    const scripts = new Set(Object.keys(manifest.scripts));
    const named = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm (?:run (?<script>[\w:]+)|(?<test>test)\b)/g)].map((match) => ({
        path,
        script: match.groups?.['script'] ?? 'test',
      })),
    );
    assert.ok(named.length > 5);
    assert.deepEqual(
      named.filter(({ script }) => !scripts.has(script)),
      [],
    );
  });

  it('names commands that exist', () => {
    const commands = new Set([...commandsPage().matchAll(/^## sheer (?<name>[a-z]+)/gm)].map(firstWord));
    const named = pages.flatMap(({ path, text }) => commandsOf(text).map((command) => ({ path, command })));
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter(({ command }) => !commands.has(command)),
      [],
    );
  });

  it('says of the code what the code says of itself', () => {
    for (const [path, content] of Object.entries(PAGES)) {
      assert.equal(readText(path), content(), `${path} is not what the code says; run: npm run docs`);
    }
  });
});

/** Relative ones; others are not ours to keep alive. */
function linksOf(text: string): readonly string[] {
  return [...text.matchAll(/\]\((?<link>[^)\s]+)\)/g)]
    .map((match) => match.groups?.['link'] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
}

function resolves(page: string, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const path = target === '' ? page : join(dirname(page), target);
  if (!existsSync(join(ROOT, path))) return false;
  return anchor === undefined || anchorsOf(readText(path)).includes(anchor);
}

/** As GitHub makes them from headings. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (?<title>.+)$/gm)].map((match) =>
    (match.groups?.['title'] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** `./sheer up` in blocks and `sheer up` in code; the first word after the program. */
function commandsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:^ {4}(?:\$ )?|`)(?:\.\/)?sheer (?<name>[a-z]+)/gm)].map(firstWord);
}

function firstWord(match: RegExpExecArray): string {
  return match.groups?.['name'] ?? '';
}
