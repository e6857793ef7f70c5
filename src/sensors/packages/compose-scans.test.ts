import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { PackageList } from '#model';
import { composeScans, composeScansInTurns } from './compose-scans.ts';
import type { LayerScan } from './layer-scan.ts';
import { scanLayer } from './layers/scan-layer.ts';
import { writeTar, type TarFile } from './tar-writer.ts';

const OS = 'ID=debian\nVERSION_ID="12"\n';

function status(...packages: readonly string[]): string {
  return packages
    .map((one) => one.split(' '))
    .map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`,
    )
    .join('\n');
}

function file(name: string, content = ''): TarFile {
  return { name, content: Buffer.from(content) };
}

function npm(name: string, version: string, place = 'app'): TarFile {
  return file(`${place}/node_modules/${name}/package.json`, JSON.stringify({ name, version }));
}

function scanOf(files: readonly TarFile[]): Promise<LayerScan> {
  return scanLayer(Readable.from([writeTar(files)]));
}

async function compose(...layers: readonly (readonly TarFile[])[]): Promise<PackageList> {
  const scans = await Promise.all(layers.map(scanOf));
  const ids = scans.map(({ diffId }, index) => `${diffId}-${index}`);
  return composeScans(ids, new Map(scans.map((scan, index) => [ids[index] ?? '', scan])));
}

function brief({ packages }: PackageList): readonly string[] {
  return packages.map(
    ({ name, version, layer, ecosystem }) => `${name} ${version} layer ${layer} ${ecosystem}`,
  );
}

const base = [file('etc/os-release', OS), file('var/lib/dpkg/status', status('libc6 2.36', 'perl 5.36'))];

describe('layers laid upon each other', () => {
  it('each package has the layer that brought it in', async () => {
    const list = await compose(
      base,
      [file('var/lib/dpkg/status', status('libc6 2.36', 'perl 5.37', 'curl 8'))],
      [npm('left-pad', '1.3.0')],
    );
    assert.deepEqual(brief(list), [
      'curl 8 layer 1 Debian:12',
      'libc6 2.36 layer 0 Debian:12',
      'perl 5.37 layer 1 Debian:12',
      'left-pad 1.3.0 layer 2 npm',
    ]);
    assert.equal(list.packages[0]?.purl, 'pkg:deb/debian/curl@8?arch=amd64');
  });

  it('a package that was gone for a layer was brought in again', async () => {
    const without = file('var/lib/dpkg/status', status('libc6 2.36'));
    const list = await compose(base, [without], [base[1] as TarFile]);
    assert.deepEqual(brief(list), ['libc6 2.36 layer 0 Debian:12', 'perl 5.36 layer 2 Debian:12']);
  });

  const app = [npm('a', '1'), npm('b', '2'), npm('a', '1', 'other')];
  const removals: readonly (readonly [how: string, layer: readonly TarFile[], left: readonly string[]])[] = [
    ['a whiteout of a directory', [file('app/.wh.node_modules')], ['a 1 layer 0 npm']],
    [
      'an opaque directory',
      [file('app/node_modules/.wh..wh..opq'), npm('c', '3')],
      ['a 1 layer 0 npm', 'c 3 layer 1 npm'],
    ],
    ['an opaque root', [file('.wh..wh..opq')], []],
    ['a file in place of a directory', [file('app')], ['a 1 layer 0 npm']],
    [
      'a link in place of a package',
      [{ name: 'app/node_modules/a', type: '2', linkName: 'b' }],
      ['a 1 layer 0 npm', 'b 2 layer 0 npm'],
    ],
    [
      'a directory in place of the file',
      [{ name: 'app/node_modules/a/package.json/', type: '5' }],
      ['a 1 layer 0 npm', 'b 2 layer 0 npm'],
    ],
    [
      'a file below the file',
      [file('app/node_modules/a/package.json/x')],
      ['a 1 layer 0 npm', 'b 2 layer 0 npm'],
    ],
    [
      'a file that is torn',
      [file('app/node_modules/a/package.json', '{')],
      ['a 1 layer 0 npm', 'b 2 layer 0 npm'],
    ],
  ];
  for (const [how, layer, left] of removals) {
    it(`${how} takes away what lay there`, async () =>
      assert.deepEqual(brief(await compose(app, layer)), left));
  }

  it('a file that says the same again, such as after chmod, leaves the package in its layer', async () => {
    assert.deepEqual(brief(await compose([npm('a', '1')], [npm('a', '1')])), ['a 1 layer 0 npm']);
  });

  it('packages of a language that the system brought are the system’s', async () => {
    const metadata = (place: string) =>
      file(`${place}/six-1.16.dist-info/METADATA`, 'Name: six\nVersion: 1.16\n\n');
    const list = await compose([
      ...base,
      file(
        'var/lib/dpkg/info/python3-six.list',
        '/usr/lib/python3/dist-packages/six-1.16.dist-info/METADATA\n',
      ),
      metadata('usr/lib/python3/dist-packages'),
      metadata('usr/local/lib/python3.11/site-packages'),
    ]);
    assert.deepEqual(
      list.packages.filter(({ readBy }) => readBy === 'python').map(({ path }) => path),
      ['/usr/local/lib/python3.11/site-packages/six-1.16.dist-info/METADATA'],
    );
  });

  it('what somebody put into a directory of the system is not the system’s', async () => {
    const list = await compose(
      [
        ...base,
        file('var/lib/dpkg/info/tomcat9.list', '/var/lib/tomcat9/webapps\n/usr/lib/python3/dist-packages\n'),
      ],
      [
        file('var/lib/tomcat9/webapps/shop.war', 'torn'),
        file('usr/lib/python3/dist-packages/six-1.16.egg-info', 'Name: six\nVersion: 1.16\n'),
      ],
    );
    assert.deepEqual(brief(list).slice(2), ['six 1.16 layer 1 PyPI']);
    assert.deepEqual(
      list.unread.map(({ path }) => path),
      ['/var/lib/tomcat9/webapps/shop.war'],
    );
  });

  describe('a file that a system package brought', () => {
    const place = 'usr/lib/node_modules/npm/package.json';
    const database = (more = '') =>
      file(
        'lib/apk/db/installed',
        `P:npm\nV:9-r0\nA:x86_64\nF:usr/lib/node_modules/npm\nR:package.json\n${more}`,
      );
    const os = file('etc/os-release', 'ID=alpine\nVERSION_ID=3.23.0\n');
    const system = [os, database(), npm('npm', '9.0.0', 'usr/lib')];
    const curl = '\nP:curl\nV:8-r0\nA:x86_64\n';
    const own = 'npm 9-r0 layer 0 Alpine:v3.23';
    const rows: readonly (readonly [
      what: string,
      layers: readonly (readonly TarFile[])[],
      found: readonly string[],
    ])[] = [
      ['is the system’s', [], [own]],
      ['is what was put over it later', [[npm('npm', '10.0.0', 'usr/lib')]], [own, 'npm 10.0.0 layer 1 npm']],
      [
        'is so too when the system installs something else after that',
        [[npm('npm', '10.0.0', 'usr/lib')], [database(curl)]],
        ['curl 8-r0 layer 2 Alpine:v3.23', own, 'npm 10.0.0 layer 1 npm'],
      ],
      [
        'is the system’s where the system put it there anew',
        [[database(curl), npm('npm', '9.0.1', 'usr/lib')]],
        ['curl 8-r0 layer 1 Alpine:v3.23', own],
      ],
      [
        'is the system’s again where it does so after somebody else',
        [[npm('npm', '10.0.0', 'usr/lib')], [database(curl), npm('npm', '9.0.1', 'usr/lib')]],
        ['curl 8-r0 layer 2 Alpine:v3.23', own],
      ],
      ['is the system’s where it was only touched', [[npm('npm', '9.0.0', 'usr/lib')]], [own]],
      ['can’t be read, and is told, where what was put over it is torn', [[file(place, '{')]], [own]],
    ];
    for (const [what, layers, found] of rows) {
      it(what, async () => {
        const list = await compose(system, ...layers);
        assert.deepEqual(brief(list), found);
        assert.equal(list.unread.length, what.includes('torn') ? 1 : 0);
      });
    }

    it('is another’s where that is known, also without layers', async () => {
      const scan = await scanOf([os, database(), npm('npm', '10.0.0', 'usr/lib')]);
      const scans = new Map([[scan.diffId, scan]]);
      assert.deepEqual(brief(composeScans([scan.diffId], scans)), [own]);
      const list = composeScans([scan.diffId], scans, null, new Set([`/${place}`]));
      assert.deepEqual(brief(list), [own, 'npm 10.0.0 layer 0 npm']);
    });
  });

  it('a layer that could not be read is told', () => {
    const list = composeScans(
      ['sha256:a', 'sha256:b'],
      new Map([['sha256:a', { reason: 'the layer is cut off' }]]),
    );
    assert.deepEqual(
      list.unread.map(({ reason }) => reason),
      ['layer 1 (sha256:a): the layer is cut off', 'layer 2 (sha256:b): this layer was not read'],
    );
  });

  it('system packages of a distribution that nobody names are told: none of them is compared', async () => {
    const list = await compose(base, [file('etc/.wh.os-release')]);
    assert.deepEqual(
      list.unread.map(({ path, reason }) => [path, reason.slice(0, 18)]),
      [['/', 'no os-release says']],
    );
    assert.deepEqual((await compose(base)).unread, []);
  });

  it('a database of apk that a layer calls by the other of its names is replaced', async () => {
    const installed = (version: string) => `P:musl\nV:${version}\nA:x86_64\n`;
    const list = await compose(
      [
        file('etc/os-release', 'ID=alpine\nVERSION_ID=3.23.0\n'),
        file('usr/lib/apk/db/installed', installed('1-r0')),
      ],
      [file('lib/apk/db/installed', installed('1-r1'))],
    );
    assert.deepEqual(brief(list), ['musl 1-r1 layer 1 Alpine:v3.23']);
  });

  it('let others have their turn between two layers, and between some thousands of packages', async () => {
    const scans = await Promise.all([
      scanOf(Array.from({ length: 4500 }, (_, index) => npm(`p${index}`, '1'))),
      scanOf([npm('q', '1')]),
    ]);
    const ids = scans.map(({ diffId }) => diffId);
    const known = new Map(scans.map((scan) => [scan.diffId, scan]));
    let turns = 0;
    const count = (): void => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const list = await composeScansInTurns(ids, known, 'sha256:a');
    clearImmediate(next);
    assert.ok(turns >= 4, `${turns} turns`);
    assert.deepEqual(list, composeScans(ids, known, 'sha256:a'));
  });

  it('a name that looks like two lines hides nothing else', async () => {
    const list = await compose(base, [file('a\n0 /var/lib/dpkg/status')]);
    assert.equal(list.packages.length, 2);
  });

  it('problems go with the file that had them', async () => {
    const torn = file('app/node_modules/a/package.json', '{');
    assert.equal((await compose([torn])).unread.length, 1);
    assert.equal((await compose([torn], [file('app/.wh.node_modules')])).unread.length, 0);
  });

  it('are what a scan of the flattened tree is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryLayer, { minLength: 1, maxLength: 5 }), async (layers) => {
        const composed = await compose(...layers.map((layer) => layer.map(({ entry }) => entry)));
        const flat = await compose(flatten(layers));
        assert.deepEqual(brief(composed).map(withoutLayer), brief(flat).map(withoutLayer));
      }),
      { numRuns: 200 },
    );
  });
});

function withoutLayer(line: string): string {
  return line.replace(/ layer \d+/, '');
}

/** What an entry does to the tree, beside the entry. */
interface Step {
  readonly entry: TarFile;
  readonly path: string;
  readonly does: 'put' | 'remove' | 'empty' | 'directory';
}

const directories = [
  'a',
  'a/node_modules',
  'a/node_modules/p',
  'a/node_modules/q',
  'b',
  'b/node_modules/p',
  'b/node_modules',
];

const arbitraryStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      place: fc.constantFrom('a', 'b'),
      name: fc.constantFrom('p', 'q'),
      version: fc.constantFrom('1', '2'),
    })
    .map(({ place, name, version }): Step => {
      const entry = npm(name, version, place);
      return { entry, path: entry.name, does: 'put' };
    }),
  fc.constantFrom(...directories).map((path): Step => ({ entry: file(path), path, does: 'put' })),
  fc
    .constantFrom(...directories)
    .map((path): Step => ({ entry: { name: path, type: '2', linkName: 'x' }, path, does: 'put' })),
  fc
    .constantFrom(...directories)
    .map((path): Step => ({ entry: { name: `${path}/`, type: '5' }, path, does: 'directory' })),
  fc.constantFrom(...directories).map((path): Step => {
    const slash = path.lastIndexOf('/') + 1;
    return { entry: file(`${path.slice(0, slash)}.wh.${path.slice(slash)}`), path, does: 'remove' };
  }),
  fc
    .constantFrom(...directories)
    .map((path): Step => ({ entry: file(`${path}/.wh..wh..opq`), path, does: 'empty' })),
);

/** As an engine writes it: no entry is below another that is no directory, and none is there twice. */
const arbitraryLayer = fc.array(arbitraryStep, { maxLength: 6 }).map((steps) => {
  const kept: Step[] = [];
  for (const step of steps) if (kept.every((other) => agree(step, other))) kept.push(step);
  return kept;
});

function agree(step: Step, other: Step): boolean {
  if (step.path === other.path) return step.does === 'empty' && other.does === 'directory';
  const [upper, below] = step.path.length < other.path.length ? [step, other] : [other, step];
  const isBelow = below.path.startsWith(`${upper.path}/`);
  return !isBelow || upper.does === 'directory' || upper.does === 'empty';
}

function flatten(layers: readonly (readonly Step[])[]): readonly TarFile[] {
  const tree = new Map<string, TarFile>();
  const removeBelow = (path: string) => {
    for (const name of tree.keys()) if (name.startsWith(`${path}/`)) tree.delete(name);
  };
  for (const layer of layers) {
    for (const { path, does } of layer) if (does === 'remove' || does === 'empty') removeBelow(path);
    for (const { path, does } of layer) if (does === 'remove') tree.delete(path);
    for (const { path, does, entry } of layer) {
      for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1))
        tree.delete(path.slice(0, slash));
      if (does === 'directory' || does === 'empty') tree.delete(path);
      if (does !== 'put') continue;
      removeBelow(path);
      tree.set(path, entry);
    }
  }
  return [...tree.values()];
}
