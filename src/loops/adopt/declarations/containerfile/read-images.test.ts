import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { DeclaredFile } from '../../questions.ts';
import { DeclarationError } from '../declaration-error.ts';
import { parseDeclarations } from '../parse-declarations.ts';

const yaml = (...lines: readonly string[]): DeclaredFile => ({
  name: 'shop/sheer.yaml',
  content: lines.join('\n'),
  directory: '/src/shop',
});

const containerfile = (name: string, directory: string, ...lines: readonly string[]): DeclaredFile => ({
  name,
  content: lines.join('\n'),
  directory,
  kind: 'containerfile',
});

function refusalOf(...files: readonly DeclaredFile[]): string {
  try {
    parseDeclarations(files);
  } catch (error) {
    if (error instanceof DeclarationError) return [error.message, ...error.detail].join('\n');
    throw error;
  }
  return assert.fail('it was not refused');
}

const WEB = containerfile(
  'shop/web/Dockerfile',
  '/src/shop/web',
  'FROM base:1 AS build',
  'FROM scratch',
  'COPY --from=build / /',
);

describe('images of a sheer.yaml', () => {
  it('are what their Containerfiles say', () => {
    const { subjects, warnings } = parseDeclarations([
      yaml('teams: { shop: }', 'images:', '  shop/web: { owner: shop, context: web, target: build }'),
      WEB,
    ]);
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      subjects.find(({ kind }) => kind === 'build-source'),
      {
        kind: 'build-source',
        id: 'shop/web',
        location: 'shop/sheer.yaml:3',
        data: {
          name: 'shop/web',
          owner: 'shop',
          context: '/src/shop/web',
          containerfile: 'Dockerfile',
          target: 'build',
          base: 'base:1',
          stages: [
            { name: 'build', from: { kind: 'image', reference: 'base:1' }, platform: null, line: 1 },
            { name: null, from: { kind: 'scratch' }, platform: null, line: 2 },
          ],
          copies: [
            { stage: 1, from: { kind: 'stage', stage: 0 }, sources: ['/'], destination: '/', line: 3 },
          ],
          downloads: [],
          location: 'shop/sheer.yaml images.shop/web',
        },
      },
    );
  });

  it('may lie anywhere, and share a Containerfile', () => {
    const { subjects } = parseDeclarations([
      yaml(
        'images:',
        '  a: { context: ../base, containerfile: build/x }',
        '  b: { context: /src/base/build, containerfile: x }',
      ),
      containerfile('base/build/x', '/src/base/build', 'FROM debian:12'),
    ]);
    assert.deepEqual(
      subjects.map(({ id, data }) => [id, 'base' in data ? data.base : null]),
      [
        ['a', 'debian:12'],
        ['b', 'debian:12'],
      ],
    );
  });

  const rows: readonly (readonly [string, readonly DeclaredFile[], RegExp])[] = [
    [
      'no Containerfile came along',
      [yaml('images:', '  a: { context: web }')],
      /^shop\/sheer\.yaml:2:17: images\.a\.context: there is no Containerfile or Dockerfile in "\/src\/shop\/web"$/m,
    ],
    [
      'it is not the one that is named',
      [yaml('images:', '  a: { context: web, containerfile: X }'), WEB],
      /images\.a\.containerfile: there is no X in/,
    ],
    [
      'it has no such stage',
      [yaml('images:', '  a: { context: web, target: x }'), WEB],
      /^shop\/sheer\.yaml:2:30: images\.a\.target: Dockerfile has no stage "x"$/m,
    ],
    [
      'it is wrong',
      [
        yaml('images:', '  a: { context: web }', '  b: { context: web }'),
        containerfile('shop/web/Containerfile', '/src/shop/web', 'FORM x'),
      ],
      /^shop\/web\/Containerfile:1:1: there is no instruction "FORM" \(did you mean "FROM"\?\)\n {2}1 \| FORM x\n {6}\^\^\^\^\n {2}Nothing was changed\.$/,
    ],
    [
      'there is no such team',
      [yaml('images:', '  a: { context: web, owner: x }'), WEB],
      /images\.a\.owner: there is no team "x"/,
    ],
    [
      'an image has a tag',
      [yaml('images:', '  a:1: { context: web }'), WEB],
      /expected an image without a tag/,
    ],
    [
      'two files declare an image',
      [
        yaml('images:', '  a: { context: web }'),
        { ...yaml('images:', '  a: { context: web }'), name: 'x.yaml' },
        WEB,
      ],
      /image "a" is declared twice/,
    ],
    [
      'a key is unknown',
      [yaml('images:', '  a: { contxt: web }'), WEB],
      /there is no key "contxt" here \(did you mean "context"\?\)/,
    ],
  ];
  for (const [name, files, expected] of rows) {
    it(`are refused where ${name}`, () => {
      assert.match(refusalOf(...files), expected);
    });
  }
});

describe('the patch policy of a sheer.yaml', () => {
  const HOUR_MS = 3_600_000;

  it('is taken as it is written', () => {
    const { subjects } = parseDeclarations([
      yaml(
        'environments: { production: }',
        'patch:',
        '  deadlines: { high: 1w }',
        '  environments: { production: { critical: 12h } }',
      ),
    ]);
    assert.deepEqual(
      subjects.find(({ kind }) => kind === 'patch-policy'),
      {
        kind: 'patch-policy',
        id: 'policy',
        location: 'shop/sheer.yaml:2',
        data: {
          deadlinesMs: { high: 168 * HOUR_MS },
          environments: { production: { critical: 12 * HOUR_MS } },
        },
      },
    );
  });

  const rows: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a severity is unknown', ['patch: { deadlines: { sever: 1d } }'], /there is no key "sever" here/],
    [
      'a time is none',
      ['patch: { deadlines: { high: soon } }'],
      /patch\.deadlines\.high: expected a length of time, such as 12h, 7d or 2w, found "soon"/,
    ],
    ['a time is nothing', ['patch: { deadlines: { high: 0d } }'], /expected a length of time/],
    [
      'an environment is unknown',
      ['environments: { production: }', 'patch: { environments: { prod: { high: 1d } } }'],
      /there is no environment "prod"/,
    ],
  ];
  for (const [name, lines, expected] of rows) {
    it(`is refused where ${name}`, () => {
      assert.match(refusalOf(yaml(...lines)), expected);
    });
  }

  it('is refused where two files declare one', () => {
    const other = { ...yaml('patch: {}'), name: 'x.yaml' };
    assert.match(
      refusalOf(yaml('patch: {}'), other),
      /the patch "policy" is declared twice, first at shop\/sheer\.yaml:1/,
    );
  });
});
