import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FixProblem, UnfixableReason } from './index.ts';
import { planFixes } from './plan-fixes.ts';
import { child, copied, holding, image, OPENSSL, problem } from './tables.fixture.ts';

const foreign = { buildSource: false, required: false, holdings: [holding('own')] };
const ZLIB = 'pkg:deb/debian/zlib1g@1.2';

interface Expected {
  readonly name: string;
  readonly why: UnfixableReason;
  readonly explanation: string;
}

const rows: readonly (readonly [sentence: string, images: FixProblem, expected: Expected])[] = [
  [
    'nobody has published a fix',
    problem([image('web', { holdings: [holding('own')] })], null),
    { name: 'web', why: 'no-fix-published', explanation: 'no fixed version of openssl is published' },
  ],
  [
    'the image itself has no build source',
    problem([image('legacy', { buildSource: false, holdings: [holding('own')] })]),
    {
      name: 'legacy',
      why: 'no-build-source',
      explanation: "legacy has no build source, so it can't be built without openssl",
    },
  ],
  [
    'the base is not ours and the image has no package manager',
    problem([image('distroless', foreign), child('distroless', 'web', { upgrades: false })]),
    {
      name: 'web',
      why: 'base-not-ours',
      explanation:
        'openssl comes from distroless, which is not ours to build, and web has no package manager to upgrade it with',
    },
  ],
  [
    'the base is known by name alone and the image has no package manager',
    problem([
      image('web', {
        base: { kind: 'foreign', name: 'gcr.example/static' },
        holdings: [holding('base')],
        upgrades: false,
      }),
    ]),
    {
      name: 'web',
      why: 'base-not-ours',
      explanation:
        'openssl comes from gcr.example/static, which is not ours to build, and web has no package manager to upgrade it with',
    },
  ],
  [
    'its files are copied from an image that is not ours',
    problem([image('tool', foreign), image('web', copied('tool'))]),
    {
      name: 'web',
      why: 'copied-from-elsewhere',
      explanation:
        'files of openssl are copied from tool, which has no build source; only a fixed build of that removes them from web',
    },
  ],
  [
    'its files are copied from nobody knows where',
    problem([image('web', copied(null))]),
    {
      name: 'web',
      why: 'copied-from-elsewhere',
      explanation:
        'files of openssl are copied from an image that is not known; only a fixed build of that removes them from web',
    },
  ],
  [
    'a base of its base copied the files',
    problem([
      image('tool', foreign),
      image('base', { required: false, ...copied('tool') }),
      child('base', 'web'),
    ]),
    {
      name: 'web',
      why: 'copied-from-elsewhere',
      explanation:
        'files of openssl are copied from tool, which has no build source; only a fixed build of that removes them from web',
    },
  ],
  [
    'a base that is not ours downloaded it by hand',
    problem([image('runtime', { ...foreign, holdings: [holding('downloaded')] }), child('runtime', 'web')]),
    {
      name: 'web',
      why: 'downloaded-by-hand',
      explanation:
        'runtime downloads openssl without a package manager and has no build source; no image built from it can upgrade that',
    },
  ],
  [
    'the only other base holds another one of the packages',
    {
      packages: [
        { purl: OPENSSL, fixed: '3.0.2' },
        { purl: ZLIB, fixed: '1.3' },
      ],
      images: [
        image('distroless', foreign),
        image('other', { ...foreign, holdings: [{ purl: ZLIB, layer: 0, origin: { kind: 'own' } }] }),
        child('distroless', 'web', { upgrades: false, newerBases: [{ id: 'other', sameReference: false }] }),
      ],
    },
    {
      name: 'web',
      why: 'base-not-ours',
      explanation:
        'openssl comes from distroless, which is not ours to build, and web has no package manager to upgrade it with',
    },
  ],
  [
    'building it again would bring in another one of the packages',
    {
      packages: [
        { purl: OPENSSL, fixed: '3.0.2' },
        { purl: ZLIB, fixed: null },
      ],
      images: [
        image('base', {
          built: false,
          required: false,
          holdings: [{ purl: ZLIB, layer: 0, origin: { kind: 'own' } }],
        }),
        child('base', 'web', { holdings: [holding('own')] }),
      ],
    },
    {
      name: 'web',
      why: 'outweighed',
      explanation: 'what would remove openssl leaves or brings in as much elsewhere',
    },
  ],
];

describe('what stays unfixed', () => {
  for (const [sentence, images, expected] of rows) {
    it(sentence, () => {
      const plan = planFixes(images);
      const told = plan.unfixable.map(({ name, why, explanation }) => ({ name, why, explanation }));
      assert.deepEqual(told, [expected]);
      assert.deepEqual([plan.fixPoints, plan.levels], [[], []]);
    });
  }
});
