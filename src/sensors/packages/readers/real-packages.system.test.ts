import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import type { FileReading } from '../layer-scan.ts';
import { readDpkgStatus } from './dpkg.ts';
import { readJar } from './jar.ts';
import { readRpmBerkeley, readRpmNdb, readRpmSqlite } from './rpm.ts';

function run(program: string, parameters: readonly string[], install: string): string {
  try {
    return execFileSync(program, parameters, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 28,
    });
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw isMissing ? new Error(`${program} is missing: apt-get install ${install}`, { cause }) : cause;
  }
}

describe('real package databases', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-packages-'));
  after(() => rmSync(directory, { recursive: true }));

  it('dpkg: as dpkg-query tells this machine’s', () => {
    const format = '${db:Status-Status}|${binary:Package}|${Version}|${source:Package}|${source:Version}\n';
    const told = run('dpkg-query', ['-W', '-f', format], 'dpkg').trim().split('\n');
    const installed = told
      .map((line) => line.split('|'))
      .filter(([status]) => status === 'installed')
      .map(([, name, ...rest]) => [name?.replace(/:.*/, ''), ...rest].join('|'));
    const { packages, problems } = readDpkgStatus(readFileSync('/var/lib/dpkg/status'));
    const found = packages.map(({ name, version, source }) =>
      [name, version, source?.name, source?.version].join('|'),
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(found.toSorted(), installed.toSorted());
  });

  it('rpm: as rpm itself tells it, in either kind of database', () => {
    const packages = [
      buildRpm(directory, 'plain', 'Epoch: 0'),
      buildRpm(directory, 'raised', 'Epoch: 2'),
      buildRpm(directory, 'without', ''),
    ];
    const own = ['--dbpath', join(directory, 'rpm'), '--define', '_db_backend sqlite'];
    mkdirSync(join(directory, 'rpm'));
    run('rpm', [...own, '--initdb'], 'rpm');
    run('rpm', [...own, '-i', '--justdb', '--nodeps', '--ignorearch', '--noscripts', ...packages], 'rpm');
    const format = '%{NAME}|%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}|%{ARCH}|%{SOURCERPM}\n';
    const told = run('rpm', [...own, '-qa', '--qf', format], 'rpm')
      .trim()
      .split('\n')
      .map(withoutZero);
    const path = join(directory, 'rpm/rpmdb.sqlite');
    const readings = [readRpmSqlite(readFileSync(path)), readRpmNdb(writeNdb(headersIn(path)))];
    for (const reading of readings) {
      assert.deepEqual(reading.problems, []);
      assert.deepEqual(linesOf(reading), told.toSorted());
      assert.deepEqual(
        reading.owns?.filter((file) => file.includes('raised')),
        ['/usr/bin/raised-program'],
      );
      const raised = reading.packages.find(({ name }) => name === 'raised');
      assert.deepEqual(raised?.source, { name: 'raised', version: '2:1.2-3.el9' });
    }
  });

  // Values of less than a quarter of a page lie in the page itself: these headers do in one of 16 KB.
  for (const pageBytes of [4096, 16_384]) {
    it(`rpm: as rpm tells a Berkeley database that Berkeley DB wrote, pages of ${pageBytes} bytes`, () => {
      const own = join(directory, `berkeley-${pageBytes}`);
      mkdirSync(own);
      const sqlite = headersIn(join(directory, 'rpm/rpmdb.sqlite'));
      // So many that buckets are added in several groups, and some have more than one page.
      const headers = Array.from({ length: 80 }, () => sqlite).flat();
      const path = join(own, 'Packages');
      loadBerkeley(path, pageBytes, headers);
      const format = '%{NAME}|%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}|%{ARCH}|%{SOURCERPM}\n';
      const reader = ['--dbpath', own, '--define', '_db_backend bdb_ro'];
      const told = run('rpm', [...reader, '-qa', '--qf', format], 'rpm')
        .trim()
        .split('\n')
        .map(withoutZero);
      const reading = readRpmBerkeley(readFileSync(path));
      assert.deepEqual(reading.problems, []);
      assert.equal(reading.packages.length, headers.length);
      assert.deepEqual(linesOf(reading), told.toSorted());
    });
  }

  it('a jar that the jar tool made', () => {
    const classes = join(directory, 'classes/META-INF/maven/org.example/lib');
    mkdirSync(classes, { recursive: true });
    writeFileSync(join(classes, 'pom.properties'), 'groupId=org.example\nartifactId=lib\nversion=1.2\n');
    const path = join(directory, 'lib-1.2.jar');
    if (existsSync('/usr/bin/jar'))
      run('jar', ['cf', path, '-C', join(directory, 'classes'), '.'], 'default-jdk-headless');
    else run('sh', ['-c', `cd '${directory}/classes' && zip -qr '${path}' .`], 'zip');
    assert.deepEqual(
      readJar(readFileSync(path), path).packages.map(({ name, version }) => `${name} ${version}`),
      ['org.example:lib 1.2'],
    );
  });
});

/** An epoch of zero is none. */
function withoutZero(line: string): string {
  return line.replace('|0:', '|');
}

function linesOf({ packages }: FileReading): readonly string[] {
  return packages
    .map(({ name, version, architecture, source }) => {
      const sourceFile = `${source?.name}-${source?.version.replace(/^\d+:/, '')}.src.rpm`;
      return [name, version, architecture, sourceFile].join('|');
    })
    .toSorted();
}

function headersIn(path: string): readonly Uint8Array[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare('select blob from Packages').all();
  database.close();
  return rows.map((row) => row['blob']).filter((blob) => blob instanceof Uint8Array);
}

/** As rpm's lib/backend/bdb_ro.c expects it: a header under each number, and how many there are under 0. */
function loadBerkeley(path: string, pageBytes: number, headers: readonly Uint8Array[]): void {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const items = [[number(0), number(headers.length)], ...headers.map((blob, at) => [number(at + 1), blob])];
  const lines = items.flat().map((bytes) => ` ${Buffer.from(bytes).toString('hex')}`);
  const dump = `${path}.dump`;
  const head = ['VERSION=3', 'format=bytevalue', 'type=hash', `db_pagesize=${pageBytes}`, 'HEADER=END'];
  writeFileSync(dump, [...head, ...lines, 'DATA=END', ''].join('\n'));
  run('db_load', ['-f', dump, path], 'db-util');
}

/** Debian's rpm can't write this kind: laid out here as rpm's lib/backend/ndb/rpmpkg.c does. */
function writeNdb(headers: readonly Uint8Array[]): Buffer {
  const slots = Buffer.alloc(4096);
  slots.write('RpmP');
  slots.writeUInt32LE(1, 12);
  for (let at = 32; at < slots.length; at += 16) slots.write('Slot', at);
  const blobs: Buffer[] = [];
  let block = slots.length / 16;
  for (const [index, header] of headers.entries()) {
    const blob = Buffer.alloc(16 + Math.ceil(header.length / 16) * 16 + 16);
    blob.write('BlbS');
    blob.writeUInt32LE(index + 1, 4);
    blob.writeUInt32LE(header.length, 12);
    blob.set(header, 16);
    const slot = 32 + index * 16;
    slots.writeUInt32LE(index + 1, slot + 4);
    slots.writeUInt32LE(block, slot + 8);
    slots.writeUInt32LE(blob.length / 16, slot + 12);
    blobs.push(blob);
    block += blob.length / 16;
  }
  return Buffer.concat([slots, ...blobs]);
}

function buildRpm(directory: string, name: string, epoch: string): string {
  const spec = join(directory, `${name}.spec`);
  writeFileSync(
    spec,
    `Name: ${name}\nVersion: 1.2\nRelease: 3.el9\nSummary: x\nLicense: x\nBuildArch: noarch\n${epoch}
%description
x
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/share/${name}
touch %{buildroot}/usr/bin/${name}-program %{buildroot}/usr/share/${name}/data
%files
/usr/bin/${name}-program
/usr/share/${name}
`,
  );
  const top = join(directory, 'rpmbuild');
  run('rpmbuild', ['-bb', '--quiet', '--define', `_topdir ${top}`, spec], 'rpm');
  const output = join(top, 'RPMS/noarch');
  return join(output, readdirSync(output).find((file) => file.startsWith(name)) ?? '');
}
