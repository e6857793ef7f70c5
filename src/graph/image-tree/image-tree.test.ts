import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import type { BuildSourceData } from '#model';
import { buildImageTree, type ImageTree, type TreeImage } from './image-tree.ts';
import { packageOrigin } from './package-origin.ts';

type Given = Partial<TreeImage['data']>;

/** `debian` has the id `sha256:debian`; layers are written as one string, a letter for each. */
const image = (id: string, layers: string, given: Given = {}): TreeImage => ({
  id: `sha256:${id}`,
  data: {
    names: [`localhost/${id}:1`],
    digests: [],
    diffIds: layers.split(''),
    labels: {},
    created: null,
    ...given,
  },
});

const from = (reference: string): Readonly<Record<string, string>> => ({
  [`org.opencontainers.image.base.${reference.startsWith('sha256:') ? 'digest' : 'name'}`]: reference,
});

const source = (
  name: string,
  base: string | null,
  given: Partial<BuildSourceData> = {},
): BuildSourceData => ({
  name,
  owner: null,
  context: `/src/${name}`,
  containerfile: 'Containerfile',
  target: null,
  base,
  stages: [],
  copies: [],
  downloads: [],
  location: `sheer.yaml images.${name}`,
  ...given,
});

/** `key, up to which layer, how known`; null without a base. */
function baseIn(tree: ImageTree, id: string): string | null {
  const base = tree.node(`sha256:${id}`)?.base ?? null;
  if (base === null) return null;
  return `${base.key?.replace('sha256:', '') ?? `? ${base.name}`} ${base.upToLayer ?? '?'} ${base.known}`;
}

const THREE = [image('debian', 'ab'), image('python', 'abc'), image('app', 'abcd')];

describe('the base of an image', () => {
  const rows: readonly (readonly [
    string,
    readonly TreeImage[],
    readonly BuildSourceData[],
    string | null,
  ])[] = [
    ['is the deepest image whose layers are its first', THREE, [], 'python 2 layers'],
    ['is not one with other layers', [image('debian', 'ab'), image('app', 'acd')], [], null],
    [
      'is never one with the same layers, unless somebody says so',
      [image('twin', 'ab'), image('app', 'ab')],
      [],
      null,
    ],
    [
      'is what an annotation says, where the layers bear it out',
      [...THREE.slice(0, 2), image('app', 'abcd', { labels: from('debian:1') })],
      [],
      'debian 1 annotation',
    ],
    [
      'is found by the digest of a manifest',
      [
        image('debian', 'ab', { digests: ['docker.io/library/debian@sha256:m1'] }),
        image('app', 'abc', { labels: from('sha256:m1') }),
      ],
      [],
      'debian 1 annotation',
    ],
    ['is what a build source says', THREE, [source('app', 'python:1')], 'python 2 build-source'],
    [
      'may have the same layers, where somebody says so',
      [image('base', 'ab'), image('app', 'ab', { labels: from('base:1') })],
      [],
      'base 1 annotation',
    ],
    [
      'is not an annotation that the layers contradict',
      [...THREE.slice(0, 2), image('other', 'xy'), image('app', 'abcd', { labels: from('sha256:other') })],
      [],
      'python 2 layers',
    ],
    [
      'is an earlier image of the name, where the name has moved on',
      [image('other', 'xy'), image('app', 'abcd')],
      [source('app', 'other:1')],
      '? other:1 ? build-source',
    ],
    [
      'is nothing, where a digest does not fit',
      [image('other', 'xy'), image('app', 'abcd', { labels: from('sha256:other') })],
      [],
      null,
    ],
    [
      'is named, where it was never seen',
      [image('app', 'abcd', { labels: from('docker.io/library/debian:12') })],
      [],
      '? docker.io/library/debian:12 ? annotation',
    ],
    [
      'is an image that was declared and never seen',
      [image('app', 'abcd')],
      [source('app', 'shop/base:2'), source('shop/base', null)],
      'shop/base ? build-source',
    ],
    [
      'is what the layers say, where its annotation is its base’s own',
      [
        image('debian', 'ab'),
        image('python', 'abc', { labels: from('debian:1') }),
        image('app', 'abcd', { labels: from('debian:1') }),
      ],
      [],
      'python 2 layers',
    ],
    [
      'is the longest, where annotation and build source both fit',
      [...THREE.slice(0, 2), image('app', 'abcd', { labels: from('debian:1') })],
      [source('app', 'python:1')],
      'python 2 build-source',
    ],
    [
      'is the declared one of several with the same layers',
      [image('a', 'ab'), image('b', 'ab'), image('app', 'abc', { labels: from('b:1') })],
      [],
      'b 1 annotation',
    ],
    [
      'is our own one of several with the same layers',
      [image('a', 'ab'), image('b', 'ab'), image('app', 'abc')],
      [source('b', null)],
      'b 1 layers',
    ],
    [
      'is the oldest of several with the same layers',
      [image('a', 'ab', { created: 2 }), image('b', 'ab', { created: 1 }), image('app', 'abc')],
      [],
      'b 1 layers',
    ],
    [
      'of a name that two images have is the one whose layers fit',
      [
        image('new', 'xy', { names: ['r.example/base:1'], created: 9 }),
        image('old', 'ab', { names: ['r.example/base:1'], created: 1 }),
        image('app', 'abc', { labels: from('r.example/base:1') }),
      ],
      [],
      'old 1 annotation',
    ],
    [
      'is not known by a short name that two registries have',
      [
        image('one', 'ab', { names: ['r.example/base:1'] }),
        image('two', 'ab', { names: ['q.example/base:1'] }),
        image('app', 'xyz', { labels: from('base:1') }),
      ],
      [],
      '? base:1 ? annotation',
    ],
    [
      'is never the image itself',
      [image('app', 'abc', { labels: from('app:1') })],
      [],
      '? app:1 ? annotation',
    ],
    [
      'is believed where layers are not known',
      [image('debian', ''), image('app', '', { labels: from('debian:1') })],
      [],
      'debian ? annotation',
    ],
  ];
  for (const [name, images, sources, expected] of rows) {
    it(name, () => {
      assert.equal(baseIn(buildImageTree(images, sources), 'app'), expected);
      assert.equal(baseIn(buildImageTree(images.toReversed(), sources.toReversed()), 'app'), expected);
    });
  }
});

describe('the image tree', () => {
  it('has any number of levels, and children by name', () => {
    const tree = buildImageTree(THREE, []);
    assert.deepEqual(
      tree.ancestors('sha256:app').map(({ name }) => name),
      ['localhost/python:1', 'localhost/debian:1'],
    );
    assert.deepEqual(tree.node('sha256:debian')?.children, ['sha256:python']);
    assert.deepEqual(
      tree.nodes.map(({ id }) => id),
      ['sha256:app', 'sha256:debian', 'sha256:python'],
    );
  });

  it('says what the layers contradict', () => {
    const tree = buildImageTree(
      [image('other', 'xy'), image('app', 'abcd', { labels: from('other:1') })],
      [],
    );
    assert.deepEqual(tree.node('sha256:app')?.warnings, [
      'its annotation says that its base is other:1, but the layers contradict it: other:1 is sha256:other, and that image’s layers are not its first; it may have been built from an earlier one of that name',
    ]);
  });

  it('cuts cycles of hostile annotations at the same place, wherever one begins', () => {
    const images = ['c', 'a', 'b', 'd'].map((id, index) =>
      image(id, '', { labels: from(`${['a', 'b', 'c', 'a'][index]}:1`) }),
    );
    for (const given of [images, images.toReversed()]) {
      const tree = buildImageTree(given, []);
      assert.deepEqual(
        ['a', 'b', 'c', 'd'].map((id) => baseIn(tree, id)),
        [null, 'c ? annotation', 'a ? annotation', 'a ? annotation'],
      );
      assert.deepEqual(tree.node('sha256:a')?.warnings, [
        'its bases lead back to itself, so its base is not believed: localhost/a:1 → localhost/b:1 → localhost/c:1 → localhost/a:1',
      ]);
    }
  });

  it('knows a base by the name that was declared for it, also before any of them was seen', () => {
    const base = source('base/debian', null);
    const child = source('web', '127.0.0.1:5000/base/debian:1');
    const tree = buildImageTree([], [base, child]);
    assert.equal(tree.node('web')?.base?.key, 'base/debian');
    assert.deepEqual(tree.node('base/debian')?.children, ['web']);
  });

  it('shows what is copied from images, also through stages, and only what gets into the target', () => {
    const built = source('app', 'debian:1', {
      target: 'final',
      stages: [
        { name: 'tools', from: { kind: 'image', reference: 'tools:1' }, platform: null, line: 1 },
        { name: 'build', from: { kind: 'image', reference: 'golang:1' }, platform: null, line: 2 },
        { name: 'final', from: { kind: 'image', reference: 'debian:1' }, platform: null, line: 5 },
        { name: 'test', from: { kind: 'stage', stage: 2 }, platform: null, line: 8 },
      ],
      copies: [
        { stage: 1, from: { kind: 'stage', stage: 0 }, sources: ['/bin/t'], destination: '/bin/', line: 3 },
        { stage: 2, from: { kind: 'stage', stage: 1 }, sources: ['/out'], destination: '/app/', line: 6 },
        {
          stage: 2,
          from: { kind: 'image', reference: 'certificates:1' },
          sources: ['/etc/ssl'],
          destination: '/etc/ssl',
          line: 7,
        },
        { stage: 3, from: { kind: 'image', reference: 'test:1' }, sources: ['/'], destination: '/', line: 9 },
      ],
    });
    const tree = buildImageTree([image('app', 'abc'), image('golang', 'xy')], [built]);
    assert.deepEqual(
      tree.node('sha256:app')?.copies.map(({ key, name, stage, line }) => [key, name, stage, line]),
      [
        ['sha256:golang', 'golang:1', 'build', 6],
        [null, 'tools:1', 'build', 6],
        [null, 'certificates:1', null, 7],
      ],
    );
  });
});

describe('which image brought something in', () => {
  const copied = source('app', 'python:1', {
    stages: [{ name: null, from: { kind: 'image', reference: 'python:1' }, platform: null, line: 1 }],
    copies: [
      {
        stage: 0,
        from: { kind: 'image', reference: 'go:1' },
        sources: ['/out'],
        destination: '/opt/',
        line: 2,
      },
    ],
  });
  const tree = buildImageTree(
    [...THREE, image('child', 'abcde'), image('lone', 'pq', { labels: from('elsewhere:1') })],
    [copied],
  );
  const rows = [
    ['the base’s base', 'app', 1, '/x', 'base localhost/debian:1'],
    ['the base', 'app', 2, '/x', 'base localhost/python:1'],
    ['its own layers', 'app', 3, '/x', 'own localhost/app:1'],
    ['its own layers, from elsewhere', 'app', 3, '/opt/tool', 'copied localhost/app:1'],
    ['a path that only begins alike', 'app', 3, '/optional', 'own localhost/app:1'],
    ['its base, which has it from elsewhere', 'child', 3, '/opt/tool', 'base localhost/app:1'],
    ['no layer', 'app', null, '/x', 'unknown localhost/app:1'],
    ['a base of unknown length', 'lone', 0, '/x', 'unknown localhost/lone:1'],
    ['no base', 'debian', 0, null, 'own localhost/debian:1'],
  ] as const;
  for (const [name, id, layer, path, expected] of rows) {
    it(name, () => {
      const node = tree.node(`sha256:${id}`);
      assert.ok(node);
      const origin = packageOrigin(tree, node, { layer, path });
      assert.equal(`${origin.kind} ${origin.image.name}`, expected);
    });
  }

  it('each layer belongs to the image in whose list it comes first, whatever the tree', () => {
    const lists = fc.uniqueArray(fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 5 }), {
      selector: (list) => list.join(''),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(lists, (all) => {
        const images = all.map((layers) => image(layers.join(''), layers.join('')));
        const built = buildImageTree(images, []);
        for (const { id, data } of images) {
          const node = built.node(id);
          assert.ok(node);
          for (const layer of data.diffIds.keys()) {
            const prefixes = all
              .map((other) => other.join(''))
              .filter((other) => data.diffIds.join('').startsWith(other) && other.length > layer);
            const [shortest] = prefixes.toSorted((left, right) => left.length - right.length);
            assert.equal(packageOrigin(built, node, { layer, path: null }).image.id, `sha256:${shortest}`);
          }
        }
      }),
    );
  });
});
