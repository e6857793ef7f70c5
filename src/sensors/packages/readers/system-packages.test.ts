import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FileReading } from '../layer-scan.ts';
import { readerOf } from '../layers/path-readers.ts';
import { readApkInstalled } from './apk.ts';
import { writeBerkeley } from './berkeley-writer.fixture.ts';
import { readDpkgStatus } from './dpkg.ts';
import { readOsRelease } from './os-release.ts';
import { readDpkgFileList, readDpkgSums, withoutUsr } from './owned-files.ts';

function brief({ packages }: FileReading): readonly string[] {
  return packages.map(({ name, version, architecture, source }) =>
    [name, version, architecture, source?.name, source?.version].join(' '),
  );
}

describe('dpkg', () => {
  const read = (text: string) => readDpkgStatus(Buffer.from(text));

  it('tells packages whose files are there, with their sources', () => {
    const status = `Package: libssl3
Status: install ok installed
Priority: optional
Architecture: amd64
Source: openssl (3.0.11-1)
Version: 3.0.11-1+b1
Description: Secure Sockets Layer
 Version: this is no field

Package: bash
Status: hold ok installed
Architecture: amd64
Version: 5.2.15-2+b2

Package: perl
Status: install ok half-configured
Architecture: all
Source: perl-source
Version: 1:5.36.0-7

Package: removed
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: torn
Status: install ok installed
Architecture: amd64
`;
    assert.deepEqual(brief(read(status)), [
      'libssl3 3.0.11-1+b1 amd64 openssl 3.0.11-1',
      'bash 5.2.15-2+b2 amd64 bash 5.2.15-2',
      'perl 1:5.36.0-7 all perl-source 1:5.36.0-7',
    ]);
    assert.deepEqual(read(status).problems, ['the package torn has no version']);
  });

  it('of distroless has no status', () => {
    assert.deepEqual(brief(read('Package: tzdata\nVersion: 2024a-0\nArchitecture: all\n')), [
      'tzdata 2024a-0 all tzdata 2024a-0',
    ]);
  });

  it('tells which files are its own', () => {
    const list =
      '/.\n/usr\n/usr/bin/docker\n/usr/share/doc/x\n/usr/lib/python3/dist-packages/six-1.egg-info\n';
    assert.deepEqual(readDpkgFileList(Buffer.from(list)).owns, [
      '/usr/bin/docker',
      '/usr/lib/python3/dist-packages/six-1.egg-info',
    ]);
    assert.deepEqual(readDpkgSums(Buffer.from('0123  usr/bin/docker\n')).owns, ['/usr/bin/docker']);
    assert.deepEqual(['/usr/bin/a', '/bin/a', '/usr/lib64/a', '/usr/share/a'].map(withoutUsr), [
      '/bin/a',
      '/bin/a',
      '/lib64/a',
      '/usr/share/a',
    ]);
  });
});

describe('apk', () => {
  it('tells packages, their origins and their files', () => {
    const installed = `C:Q1eVpkasfqZAukAXFYbgwt4xAMZWU=
P:libcrypto3
V:3.1.4-r5
A:x86_64
S:1234
T:Crypto library from openssl
o:openssl
F:usr/lib
R:libcrypto.so.3
a:0:0:755
F:usr/bin
R:openssl
Z:Q1abc=

P:musl
V:1.2.4_git20230717-r4
A:x86_64

P:torn
A:x86_64
`;
    const reading = readApkInstalled(Buffer.from(installed));
    assert.deepEqual(brief(reading), [
      'libcrypto3 3.1.4-r5 x86_64 openssl 3.1.4-r5',
      'musl 1.2.4_git20230717-r4 x86_64 musl 1.2.4_git20230717-r4',
    ]);
    assert.deepEqual(reading.problems, ['the package torn has no version']);
    assert.deepEqual(reading.owns, ['/usr/bin/openssl']);
  });
});

describe('rpm', () => {
  it('of a Berkeley database tells what is no package in it', () => {
    const torn = writeBerkeley([{ key: 1, value: Buffer.from('no header') }]);
    for (const directory of ['/var/lib/rpm', '/usr/lib/sysimage/rpm']) {
      const path = `${directory}/Packages`;
      const reading = readerOf(path)?.read(torn, path);
      assert.deepEqual(reading?.problems, ['a package in it is torn'], path);
    }
  });
});

describe('os-release', () => {
  const rows: readonly (readonly [text: string, expected: FileReading['distribution']])[] = [
    [
      'ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n',
      { id: 'alpine', versionId: '3.19.1', name: 'Alpine Linux v3.19' },
    ],
    [
      'NAME=\'Rocky \\$ Linux\'\nID="rocky"\nVERSION_ID="9.3"\n',
      { id: 'rocky', versionId: '9.3', name: 'Rocky $ Linux' },
    ],
    ['# comment\nID=debian\nVERSION_ID=\n', { id: 'debian', versionId: null, name: 'debian' }],
    ['NAME=nothing\n', undefined],
  ];
  for (const [text, expected] of rows) {
    it(`tells ${expected?.name ?? 'nothing'}`, () => {
      assert.deepEqual(readOsRelease(Buffer.from(text)).distribution, expected);
    });
  }
});
