import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { SensorError } from '../../sensor-error.ts';
import type { LayerScan } from '../layer-scan.ts';
import { tarEntry, writeTar, type TarFile } from '../tar-writer.ts';
import { frontDecode } from './front-coded.ts';
import { LAYER_LIMITS, type LayerLimits } from './limits.ts';
import { scanLayer } from './scan-layer.ts';

const PACKAGE_JSON = '{"name":"left-pad","version":"1.3.0"}';

function file(name: string, content: string | Uint8Array = ''): TarFile {
  return { name, content: Buffer.from(content) };
}

/** In pieces that do not end where anything in the archive does. */
function scan(bytes: Uint8Array, limits: Partial<LayerLimits> = {}): Promise<LayerScan> {
  async function* pieces(): AsyncIterable<Buffer> {
    for (let at = 0; at < bytes.length; at += 777) yield Buffer.from(bytes.subarray(at, at + 777));
  }
  return scanLayer(pieces(), { limits: { ...LAYER_LIMITS, ...limits } });
}

function refusal(message: RegExp, code = 'invalid-input') {
  return (error: unknown) =>
    error instanceof SensorError && error.code === code && message.test(error.message);
}

const plain = writeTar([
  { name: './', type: '5' },
  { name: 'app/', type: '5' },
  file('./app/node_modules/left-pad/package.json', PACKAGE_JSON),
  file('app/.wh.old'),
  file('app/cache/.wh..wh..opq'),
  file('etc/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'),
  file('usr/bin/true', 'not a program'),
]);

describe('a scan of a layer', () => {
  const packed: readonly (readonly [how: string, bytes: Uint8Array])[] = [
    ['plain', plain],
    ['gzip', gzipSync(plain)],
    [
      'gzip in two members',
      Buffer.concat([gzipSync(plain.subarray(0, 1000)), gzipSync(plain.subarray(1000))]),
    ],
    ['zstd', zstdCompressSync(plain)],
    [
      'zstd in two frames and one that is skipped',
      Buffer.concat([
        zstdCompressSync(plain.subarray(0, 1000)),
        zstdCompressSync(plain.subarray(1000)),
        Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]),
      ]),
    ],
  ];
  for (const [how, bytes] of packed) {
    it(`tells what is in it: ${how}`, async () => {
      const found = await scan(bytes);
      assert.equal(found.diffId, `sha256:${createHash('sha256').update(plain).digest('hex')}`);
      assert.deepEqual(found.whiteouts, ['/app/old']);
      assert.deepEqual(found.opaque, ['/app/cache']);
      assert.deepEqual([...frontDecode(found.replaced)], ['/app/', '/usr/bin/true']);
      assert.deepEqual(found.unread, []);
      assert.deepEqual(found.records, [
        {
          path: '/app/node_modules/left-pad/package.json',
          packages: [{ readBy: 'npm', name: 'left-pad', version: '1.3.0', architecture: null, source: null }],
        },
        {
          path: '/etc/os-release',
          packages: [],
          distribution: { id: 'debian', versionId: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
        },
      ]);
    });
  }

  it('is refused where it is cut off, wherever that is', async () => {
    const cut = (bytes: Uint8Array, at: number) => scan(bytes.subarray(0, at));
    await assert.rejects(cut(gzipSync(plain), 100), refusal(/cut off/));
    await assert.rejects(cut(zstdCompressSync(plain), 100), refusal(/cut off/));
    await assert.rejects(cut(plain, 1024 + 512 + 10), refusal(/cut off in the middle of a file/));
    await assert.rejects(cut(plain, 100), refusal(/cut off/));
    await assert.rejects(scan(new Uint8Array()), refusal(/empty/));
  });

  it('is refused where it is torn', async () => {
    const torn = Buffer.from(plain);
    torn[3] = 0x41;
    await assert.rejects(scan(torn), refusal(/wrong sum/));
    const gzip = gzipSync(plain);
    gzip.fill(0xff, 20, 40);
    await assert.rejects(scan(gzip), refusal(/can't be unpacked/));
    await assert.rejects(
      scan(Buffer.from('hello, this is no archive at all'.repeat(40))),
      refusal(/wrong sum/),
    );
  });

  it('stops at its limits', async () => {
    const zeros = gzipSync(writeTar([file('zeros', new Uint8Array(4_000_000))]));
    await assert.rejects(scan(zeros, { bytes: 1_000_000 }), refusal(/unpacks to more than/, 'too-large'));
    await assert.rejects(scan(plain, { entries: 3 }), refusal(/more than 3 entries/, 'too-large'));
    const long = writeTar([file(`a/${'b'.repeat(3000)}`)]);
    await assert.rejects(scan(long, { nameBytes: 1000 }), refusal(/a name in the archive/, 'too-large'));
    await assert.rejects(scan(long, { headerBytes: 1000 }), refusal(/extended header/, 'too-large'));
    await assert.rejects(scan(plain, { allNameBytes: 20 }), refusal(/names in the archive/, 'too-large'));
    await assert.rejects(scan(plain, { packages: 0 }), refusal(/more than 0 packages/, 'too-large'));
  });

  it('keeps names inside of the image, and tells those that are not', async () => {
    const found = await scan(
      writeTar([
        file('../../etc/passwd', 'root'),
        file('/absolute/node_modules/a/package.json', PACKAGE_JSON),
        { name: 'link', type: '2', linkName: '/etc/shadow' },
        { name: 'node_modules/b/package.json', type: '1', linkName: '../../outside' },
      ]),
    );
    assert.deepEqual(
      found.records.map(({ path }) => path),
      ['/absolute/node_modules/a/package.json', '/node_modules/b/package.json'],
    );
    assert.deepEqual(found.unread, [
      { path: '/../../etc/passwd', reason: 'its name goes out of the image' },
      { path: '/node_modules/b/package.json', reason: 'is a hard link to ../../outside, which was not kept' },
    ]);
  });

  it('does not look into links, pipes, devices and sparse files', async () => {
    const found = await scan(
      writeTar([
        { name: 'var/lib/dpkg/status', type: '6' },
        { name: 'lib/apk/db/installed', type: '2', linkName: '/etc/passwd' },
        { name: 'var/lib/rpm/rpmdb.sqlite', type: '3' },
        { name: 'app/node_modules/x/package.json', type: 'S', content: Buffer.from('{}') },
      ]),
    );
    assert.deepEqual(found.records, []);
    assert.deepEqual(found.unread, [
      { path: '/var/lib/dpkg/status', reason: 'is a device or a pipe' },
      { path: '/lib/apk/db/installed', reason: 'is a symbolic link, and is not followed' },
      { path: '/var/lib/rpm/rpmdb.sqlite', reason: 'is a device or a pipe' },
      { path: '/app/node_modules/x/package.json', reason: 'is a sparse file, which is not read here' },
    ]);
  });

  it('says where an rpm database has changes beside it', async () => {
    const found = await scan(
      writeTar([file('var/lib/rpm/rpmdb.sqlite-wal', 'x'), file('usr/share/rpm/rpmdb.sqlite-wal')]),
    );
    assert.deepEqual(
      found.unread.map(({ path }) => path),
      ['/var/lib/rpm/rpmdb.sqlite-wal'],
    );
  });

  it('follows hard links to what it has read, and into the store of a package manager', async () => {
    const found = await scan(
      writeTar([
        file('a/node_modules/p/package.json', PACKAGE_JSON),
        { name: 'b/node_modules/p/package.json', type: '1', linkName: './a/node_modules/p/package.json' },
        file('root/.local/share/pnpm/store/v3/files/00/ab', PACKAGE_JSON),
        {
          name: 'c/node_modules/p/package.json',
          type: '1',
          linkName: 'root/.local/share/pnpm/store/v3/files/00/ab',
        },
      ]),
    );
    assert.deepEqual(
      found.records.map(({ path, packages }) => `${path} ${packages[0]?.name}`),
      ['a', 'b', 'c'].map((place) => `/${place}/node_modules/p/package.json left-pad`),
    );
  });

  it('lets the later of two entries count', async () => {
    const name = 'a/node_modules/p/package.json';
    const found = await scan(writeTar([file(name, PACKAGE_JSON), { name, type: '2', linkName: 'x' }]));
    assert.deepEqual(found.records, []);
  });

  it('says which packages have names that can be none', async () => {
    const evil = JSON.stringify({ name: 'a\u001b[2J', version: '1' });
    const found = await scan(writeTar([file('node_modules/a/package.json', evil)]));
    assert.deepEqual(found.records, [{ path: '/node_modules/a/package.json', packages: [] }]);
    assert.match(found.unread[0]?.reason ?? '', /1 packages have a name or a version that can't be one/);
  });

  it('reads names of GNU tar that are longer than a header', async () => {
    const name = `${'d/'.repeat(80)}node_modules/p/package.json`;
    const [header, ...rest] = tarEntry(file('././@LongLink', `${name}\0`));
    assert.ok(header !== undefined);
    header.write('L', 156);
    header.write('        ', 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const found = await scan(Buffer.concat([header, ...rest, writeTar([file('short', PACKAGE_JSON)])]));
    assert.deepEqual(
      found.records.map(({ path }) => path),
      [`/${name}`],
    );
  });
});
