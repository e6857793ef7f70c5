import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FileReading } from '../layer-scan.ts';
import { readerOf } from '../layers/path-readers.ts';
import { readGoProgram } from './go.ts';
import { readJar } from './jar.ts';
import { readNpmManifest } from './npm.ts';
import { readOsRelease } from './os-release.ts';
import { readPythonMetadata } from './python.ts';
import { writeZip } from './zip-writer.fixture.ts';

function brief({ packages }: FileReading): readonly string[] {
  return packages.map(({ name, version }) => `${name} ${version}`);
}

describe('npm', () => {
  const rows: readonly (readonly [text: string, found: readonly string[]])[] = [
    ['{"name":"@a/b","version":"1.0.0-rc.1"}', ['@a/b 1.0.0-rc.1']],
    ['\uFEFF{"name":"a","version":"v2.0.0"}', ['a 2.0.0']],
    ['{"type":"module"}', []],
    ['{"name":1,"version":"1"}', []],
    ['null', []],
  ];
  for (const [text, found] of rows) {
    it(`${text} tells ${found.join() || 'nothing'}`, () =>
      assert.deepEqual(brief(readNpmManifest(Buffer.from(text))), found));
  }
  it('that is not JSON is told', () =>
    assert.deepEqual(readNpmManifest(Buffer.from('{')).problems, ['is not JSON']));
});

describe('python', () => {
  it('tells the normalised name and the version, of the headers alone', () => {
    const metadata = 'Metadata-Version: 2.1\r\nName: Foo_Bar.baz\r\nVersion: 1.0.post1\r\n\r\nName: no\r\n';
    assert.deepEqual(brief(readPythonMetadata(Buffer.from(metadata))), ['foo-bar-baz 1.0.post1']);
  });
  it('without a version is told', () => {
    assert.equal(readPythonMetadata(Buffer.from('Name: a\n')).problems.length, 1);
  });
});

describe('which reader looks into a file', () => {
  const rows: readonly (readonly [path: string, isRead: boolean])[] = [
    ['/app/node_modules/a/package.json', true],
    ['/app/node_modules/@s/a/package.json', true],
    ['/app/node_modules/a/node_modules/b/package.json', true],
    ['/app/node_modules/.pnpm/a@1/node_modules/a/package.json', true],
    ['/app/node_modules/a/test/package.json', false],
    ['/app/package.json', false],
    ['/usr/lib/python3/dist-packages/a-1.egg-info', true],
    ['/venv/lib/a-1.dist-info/METADATA', true],
    ['/venv/lib/a-1.dist-info/RECORD', false],
    ['/app/A.JAR', true],
    ['/var/lib/dpkg/status', true],
    ['/var/lib/dpkg/status-old', false],
    ['/var/lib/dpkg/status.d/base', true],
    ['/constructor', false],
  ];
  for (const [path, isRead] of rows)
    it(`${path}: ${isRead}`, () => assert.equal(readerOf(path) !== null, isRead));
});

describe('a Java archive', () => {
  const pom = (artifact: string, version = '1.0') => ({
    name: `META-INF/maven/org.example/${artifact}/pom.properties`,
    content: `#Generated\r\ngroupId=org.example\r\nartifactId=${artifact}\r\nversion=${version}\r\n`,
  });
  const read = (bytes: Buffer, path = '/app/a.jar') => readJar(bytes, path);

  it('is known by Maven’s own file, by each of several', () => {
    assert.deepEqual(brief(read(writeZip([pom('a'), pom('b', '2')]))), [
      'org.example:a 1.0',
      'org.example:b 2',
    ]);
  });

  it('holds libraries, which hold libraries, to a depth', () => {
    let inner = writeZip([pom('deep')]);
    const depths: number[] = [];
    for (let depth = 1; depth <= 6; depth += 1) {
      depths.push(read(inner).packages.length);
      inner = writeZip([{ name: 'WEB-INF/lib/inner.jar', content: inner, deflated: depth % 2 === 0 }]);
    }
    assert.deepEqual(depths, [1, 1, 1, 1, 0, 0]);
    assert.match(read(inner).problems.join(), /is nested too deeply/);
  });

  it('is known by its manifest and its name, where a group is told', () => {
    const manifest = (text: string) =>
      writeZip([
        { name: 'META-INF/MANIFEST.MF', content: text },
        { name: 'A.class', content: '' },
      ]);
    const osgi = manifest(
      'Manifest-Version: 1.0\r\nBundle-SymbolicName: org.exam\r\n ple.lib;singleton:=true\r\n',
    );
    assert.deepEqual(brief(read(osgi, '/x/lib-1.2.3.jar')), ['org.example:lib 1.2.3']);
    const vendor = manifest('Implementation-Vendor-Id: org.example\nImplementation-Version: 4\n');
    assert.deepEqual(brief(read(vendor, '/x/lib.jar')), ['org.example:lib 4']);
    const nameless = read(manifest('Manifest-Version: 1.0\n'), '/x/lib-1.2.3.jar');
    assert.deepEqual([brief(nameless), nameless.problems.length], [[], 1]);
  });

  it('that is a bomb is given up, alone and where many small ones add up', () => {
    const limit = 1_000_000;
    const bomb = { name: 'lib/zeros.jar', content: new Uint8Array(2 * limit), told: 100 };
    assert.match(
      readJar(writeZip([bomb]), '/a.jar', limit).problems.join(),
      /zeros.jar is larger than 1000000 bytes/,
    );
    const part = writeZip([{ name: 'zeros', content: new Uint8Array(limit / 2), deflated: false }]);
    const many = Array.from({ length: 3 }, (_, index) => ({ name: `${index}.jar`, content: part }));
    const { problems } = readJar(writeZip(many), '/a.jar', limit);
    assert.equal(problems.filter((problem) => /is larger than/.test(problem)).length, 2);
  });

  it('costs as much time as it has bytes, whatever they are', () => {
    const many = 200_000;
    const begin = process.cpuUsage();
    read(writeZip([{ name: 'META-INF/maven/g/a/pom.properties', content: '\n'.repeat(many) }]));
    read(writeZip([]), `/${'-1'.repeat(many)}.`);
    readOsRelease(Buffer.from(`ID=a${' '.repeat(many)}x`));
    const { user } = process.cpuUsage(begin);
    assert.ok(user < 3_000_000, `${user} µs`);
  });

  it('that is torn is told', () => {
    const whole = writeZip([pom('a'), { name: 'lib/b.jar', content: writeZip([pom('b')]) }]);
    assert.deepEqual(read(whole.subarray(0, 100)).problems, ['is no archive, or a torn one']);
    const torn = Buffer.from(whole);
    torn.fill(0xff, 0, 60);
    assert.equal(read(torn).problems.length > 0, true);
  });
});

describe('a Go program', () => {
  const mark = Buffer.from('\xff Go buildinf:', 'latin1');
  const modules = [
    'path\texample.com/app',
    'mod\texample.com/app\t(devel)\t',
    'dep\tgolang.org/x/net\tv0.17.0\th1:abc=',
    'dep\texample.com/old\tv1.0.0',
    '=>\texample.com/new\tv2.0.0\th1:abc=',
    'dep\texample.com/local\tv1.0.0',
    '=>\t./local\t(devel)\t',
    'build\t-compiler=gc',
    '',
  ].join('\n');

  function text(value: string): Buffer {
    const bytes = Buffer.from(value);
    const length: number[] = [];
    let left = bytes.length;
    for (; left >= 0x80; left >>>= 7) length.push((left & 0x7f) | 0x80);
    return Buffer.concat([Buffer.from([...length, left]), bytes]);
  }

  function program(version: string): Buffer {
    const head = Buffer.alloc(32);
    mark.copy(head);
    head[14] = 8;
    head[15] = 2;
    const marks = 'x'.repeat(16);
    const before = Buffer.alloc(64);
    before.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
    return Buffer.concat([
      before,
      mark,
      Buffer.alloc(50),
      head,
      text(version),
      text(marks + modules + marks),
    ]);
  }

  it('tells its modules, replaced ones as what they are, and the standard library', () => {
    assert.deepEqual(brief(readGoProgram(program('go1.21.5')) ?? { packages: [], problems: [] }), [
      'stdlib 1.21.5',
      'golang.org/x/net v0.17.0',
      'example.com/new v2.0.0',
    ]);
  });

  const versions: readonly (readonly [go: string, stdlib: string | null])[] = [
    ['go1.21', '1.21.0'],
    ['go1.22rc2', '1.22.0-rc.2'],
    ['go1.22.1 X:boringcrypto', '1.22.1'],
    ['devel go1.23-abcdef Mon', null],
  ];
  for (const [go, stdlib] of versions) {
    it(`of ${go} has the standard library ${stdlib}`, () => {
      const found = readGoProgram(program(go))?.packages.find(({ name }) => name === 'stdlib');
      assert.equal(found?.version ?? null, stdlib);
    });
  }

  it('is none where only its mark is there', () => {
    assert.equal(readGoProgram(Buffer.concat([Buffer.alloc(64), mark])), null);
    assert.equal(readGoProgram(Buffer.alloc(0)), null);
  });
});
