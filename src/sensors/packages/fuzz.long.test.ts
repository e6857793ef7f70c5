import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { SensorError } from '../sensor-error.ts';
import { composeScans } from './compose-scans.ts';
import { NOTHING_READ, type FileReader, type FileReading } from './layer-scan.ts';
import { LAYER_LIMITS } from './layers/limits.ts';
import { scanLayer } from './layers/scan-layer.ts';
import { readList } from './lists/read-list.ts';
import { readApkInstalled } from './readers/apk.ts';
import { readDpkgStatus } from './readers/dpkg.ts';
import { readGoProgram } from './readers/go.ts';
import { readJar } from './readers/jar.ts';
import { readNpmManifest } from './readers/npm.ts';
import { readPythonMetadata } from './readers/python.ts';
import { readRpmHeader } from './readers/rpm-header.ts';
import { writeBerkeley } from './readers/berkeley-writer.fixture.ts';
import { readRpmBerkeley, readRpmNdb, readRpmSqlite } from './readers/rpm.ts';
import { writeZip } from './readers/zip-writer.fixture.ts';
import { writeTar } from './tar-writer.ts';

const ROUNDS = 3000;
/** A mutation that takes longer than this on a loaded machine has found something that grows. */
const SLOW_CPU_MS = 10_000;

/** A small generator with a seed, so that a failure can be repeated. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let change = random(8); change >= 0 && copy.length > 8; change -= 1) {
    const at = random(copy.length);
    const kind = random(4);
    if (kind === 0) copy[at] = random(256);
    else if (kind === 1) copy.fill(0xff, at, Math.min(at + 4, copy.length));
    else if (kind === 2) copy.copyWithin(at, random(copy.length), random(copy.length));
    else if (random(4) === 0) return copy.subarray(0, at);
  }
  return copy;
}

const status =
  'Package: a\nStatus: install ok installed\nSource: b (1)\nArchitecture: amd64\nVersion: 1:2-3+b1\n\n'.repeat(
    20,
  );
const installed = 'P:a\nV:1-r0\nA:x86_64\no:b\nF:usr/bin\nR:x\n\n'.repeat(20);
const jar = writeZip([
  { name: 'META-INF/maven/g/a/pom.properties', content: 'groupId=g\nartifactId=a\nversion=1\n' },
  { name: 'META-INF/MANIFEST.MF', content: 'Bundle-SymbolicName: g.a\n' },
  { name: 'lib/b.jar', content: writeZip([{ name: 'A.class', content: 'x' }]) },
]);

function header(): Buffer {
  const data = Buffer.from('name\x001.0\x002\x00noarch\x00');
  const entries = [1000, 1001, 1002, 1022].map((tag, index) => {
    const entry = Buffer.alloc(16);
    entry.writeUInt32BE(tag, 0);
    entry.writeUInt32BE(6, 4);
    entry.writeUInt32BE([0, 5, 9, 11][index] ?? 0, 8);
    entry.writeUInt32BE(1, 12);
    return entry;
  });
  const start = Buffer.alloc(8);
  start.writeUInt32BE(entries.length, 0);
  start.writeUInt32BE(data.length, 4);
  return Buffer.concat([start, ...entries, data]);
}

function readHeader(bytes: Buffer): FileReading {
  const read = readRpmHeader(bytes);
  return typeof read === 'string' || read.found === null
    ? NOTHING_READ
    : { packages: [read.found], problems: [] };
}

function berkeley(): Buffer {
  const long = Buffer.concat([header(), Buffer.alloc(2000)]);
  return writeBerkeley([Buffer.alloc(4), header(), long, long].map((value, key) => ({ key, value })));
}

function ndb(): Buffer {
  const slots = Buffer.alloc(4096);
  slots.write('RpmP');
  slots.writeUInt32LE(1, 12);
  for (let at = 32; at < slots.length; at += 16) slots.write('Slot', at);
  slots.writeUInt32LE(1, 36);
  slots.writeUInt32LE(256, 40);
  const blob = Buffer.alloc(16);
  blob.write('BlbS');
  blob.writeUInt32LE(1, 4);
  blob.writeUInt32LE(header().length, 12);
  return Buffer.concat([slots, blob, header()]);
}

function program(): Buffer {
  const bytes = Buffer.alloc(4096);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt32LE(64, 32);
  bytes.write('\xff Go buildinf:\x08\x02', 1024, 'latin1');
  bytes.write('\x08go1.21.5\x30path\tx\nmod\ta\tv1.0.0\ndep\tb\tv2.0.0\n=>\tc\tv3.0.0\n', 1056, 'latin1');
  bytes.write('\xff Go buildinf:\x08\x00', 2048, 'latin1');
  return bytes;
}

const list = Buffer.from(
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [
      {
        type: 'library',
        name: 'a',
        purl: 'pkg:deb/debian/a@1%2B2?distro=debian-12&upstream=b%401',
        components: [{ type: 'library' }],
      },
    ],
  }),
);
const archive = writeTar([
  { name: 'var/lib/dpkg/status', content: Buffer.from(status) },
  {
    name: `${'long/'.repeat(40)}node_modules/a/package.json`,
    content: Buffer.from('{"name":"a","version":"1"}'),
  },
  { name: 'b/.wh.c' },
  { name: 'app/lib.jar', content: jar },
  { name: 'usr/bin/go', content: program() },
  { name: 'hard', type: '1', linkName: 'usr/bin/go' },
]);

describe('hostile bytes', () => {
  const readers: readonly (readonly [name: string, bytes: Buffer, read: FileReader])[] = [
    ['dpkg', Buffer.from(status), readDpkgStatus],
    ['apk', Buffer.from(installed), readApkInstalled],
    ['rpm header', header(), readHeader],
    ['rpm ndb', ndb(), readRpmNdb],
    ['rpm Berkeley', berkeley(), readRpmBerkeley],
    ['rpm sqlite', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4096)]), readRpmSqlite],
    ['npm', Buffer.from('{"name":"a","version":"1"}'), readNpmManifest],
    ['python', Buffer.from('Name: a\nVersion: 1\n\nbody'), readPythonMetadata],
    ['jar', jar, readJar],
    ['go', program(), (bytes) => readGoProgram(bytes) ?? { packages: [], problems: [] }],
  ];
  for (const [name, bytes, read] of readers) {
    it(`never break the reader of ${name}`, () => {
      const random = randomFrom(name.length);
      for (let round = 0; round < ROUNDS; round += 1) {
        const started = process.cpuUsage();
        const reading = read(mutated(bytes, random), '/x-1.0.jar');
        const { user } = process.cpuUsage(started);
        assert.ok(user / 1000 < SLOW_CPU_MS, `round ${round}: ${user} µs`);
        assert.ok(Array.isArray(reading.packages));
      }
    });
  }

  it('never break the reader of lists', () => {
    const random = randomFrom(7);
    for (let round = 0; round < ROUNDS * 3; round += 1) {
      try {
        readList(mutated(list, random));
      } catch (error) {
        assert.ok(error instanceof SensorError, String(error));
      }
    }
  });

  for (const [name, pack] of [
    ['plain', (bytes: Buffer) => bytes],
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
  ] as const) {
    it(`never break the scan of a layer: ${name}`, async () => {
      const random = randomFrom(name.length);
      const packed = pack(archive);
      let refused = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        // Half of the mutations are of what is packed, so that they get past the sums.
        const bytes = random(2) === 0 ? pack(mutated(archive, random)) : mutated(packed, random);
        const limits = { ...LAYER_LIMITS, bytes: 2 ** 26 };
        const scan = await scanLayer(Readable.from([bytes], { objectMode: true }), { limits }).catch(
          (error: unknown) => {
            assert.ok(error instanceof SensorError, String(error));
            return null;
          },
        );
        if (scan === null) refused += 1;
        else composeScans([scan.diffId], new Map([[scan.diffId, scan]]));
      }
      assert.ok(refused > 0 && refused < ROUNDS, `${refused} refused`);
    });
  }

  it('a million entries are counted, and one too many is refused', async () => {
    const entry = writeTar([{ name: 'a' }]).subarray(0, 512);
    const piece = Buffer.concat(Array.from({ length: 1000 }, () => entry));
    const pieces = function* (count: number) {
      for (let sent = 0; sent < count; sent += 1000) yield piece;
    };
    const limits = { ...LAYER_LIMITS, entries: 1_000_000 };
    await scanLayer(Readable.from(pieces(1_000_000)), { limits });
    const tooMany = scanLayer(Readable.from(pieces(1_001_000)), { limits });
    await assert.rejects(tooMany, /more than 1000000 entries/);
  });
});
