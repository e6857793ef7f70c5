import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SensorError } from '../../sensor-error.ts';
import { LIVE_LIMITS } from './live-request.ts';
import { liveRootOf } from './live-root-of.ts';
import { scanLiveRoot, soonest, type LiveRoot } from './scan-live-root.ts';

const STATUS = 'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36\n';
const BUSYBOX = '/bin/busybox';

describe('a live root file system', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-live-'));
  const root = join(directory, 'root');
  let child: ChildProcess;
  let pid = 0;

  function write(path: string, content: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }

  function link(path: string, target: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }

  before(async () => {
    // What must never be read, where links out of the root would lead.
    writeFileSync(join(directory, 'outside.json'), '{"name":"outside","version":"1"}');
    write('var/lib/dpkg/status', STATUS);
    write('usr/lib/os-release', 'ID=debian\nVERSION_ID="12"\n');
    link('etc/os-release', '/usr/lib/os-release');
    write('app/node_modules/a/package.json', '{"name":"a","version":"1"}');
    write('data/node_modules/huge/package.json', '');
    truncateSync(join(root, 'data/node_modules/huge/package.json'), 100 * 2 ** 30);
    link('node_modules/linked', '/app/node_modules/a');
    link('node_modules/up/package.json', '../../../../../../../outside.json');
    link('node_modules/absolute/package.json', join(directory, 'outside.json'));
    link('node_modules/loop/package.json', 'package.json');
    mkdirSync(join(root, 'node_modules/pipe'), { recursive: true });
    execFileSync('mkfifo', [join(root, 'node_modules/pipe/package.json')]);
    mkdirSync(join(root, 'var/lib/rpm'), { recursive: true });
    execFileSync('mknod', [join(root, 'var/lib/rpm/rpmdb.sqlite'), 'c', '1', '5']);
    mkdirSync(join(root, 'lib/apk/db/installed'), { recursive: true });
    try {
      copyFileSync(BUSYBOX, join(root, 'busybox'));
    } catch (cause) {
      throw new Error('busybox is missing: apt-get install busybox-static', { cause });
    }
    child = spawn('chroot', [root, '/busybox', 'sleep', '600'], { stdio: 'ignore' });
    pid = child.pid ?? 0;
    while (!readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('busybox')) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  after(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(directory, { recursive: true });
  });

  const live = () => ({ pid, startTicks: null });

  it('tells its packages, links resolved inside of it', async () => {
    const { list } = await scanLiveRoot(live(), {
      paths: [
        '/app/node_modules/a/package.json',
        '/node_modules/linked/package.json',
        '/node_modules/up/package.json',
        '/node_modules/absolute/package.json',
        '/gone/node_modules/b/package.json',
      ],
      walk: false,
    });
    assert.deepEqual(
      list.packages.map(({ purl, ecosystem, path, layer }) => [purl, ecosystem, path, layer]),
      [
        ['pkg:deb/debian/libc6@2.36?arch=amd64', 'Debian:12', '/var/lib/dpkg/status', null],
        ['pkg:npm/a@1', 'npm', '/app/node_modules/a/package.json', null],
        ['pkg:npm/a@1', 'npm', '/node_modules/linked/package.json', null],
      ],
    );
  });

  it('tells what was put over a file of the system where the image is known to have that', async () => {
    const path = '/usr/lib/node_modules/npm/package.json';
    write('var/lib/dpkg/info/npm.list', `${path}\n`);
    write(path.slice(1), '{"name":"npm","version":"10.0.0"}');
    const npm = ({ list }: LiveRoot) => list.packages.filter(({ name }) => name === 'npm').length;
    assert.equal(npm(await scanLiveRoot(live(), { paths: [path], walk: false })), 1);
    assert.equal(npm(await scanLiveRoot(live(), { paths: [], walk: true })), 0);
  });

  it('opens nothing but files, and says so', async () => {
    const paths = ['/node_modules/pipe/package.json', '/node_modules/loop/package.json'];
    const { list } = await scanLiveRoot(live(), { paths, walk: false });
    assert.deepEqual(
      list.unread.toSorted((left, right) => (left.path < right.path ? -1 : 1)),
      [
        { path: '/lib/apk/db/installed', reason: 'is a directory' },
        { path: '/node_modules/loop/package.json', reason: 'its links have no end' },
        { path: '/node_modules/pipe/package.json', reason: 'is a device, a pipe or a socket' },
        { path: '/var/lib/rpm/rpmdb.sqlite', reason: 'is a device, a pipe or a socket' },
      ],
    );
  });

  it('is walked within limits', async () => {
    const wanted = { paths: [], walk: true };
    const { list } = await scanLiveRoot(live(), wanted);
    assert.ok(list.packages.some(({ path }) => path === '/app/node_modules/a/package.json'));
    const huge = list.unread.find(({ path }) => path.startsWith('/data/'));
    assert.equal(huge?.reason, 'is larger than 4 MB');
    const little = await scanLiveRoot(live(), wanted, { limits: { ...LIVE_LIMITS, bytes: 100 } });
    assert.match(
      little.list.unread.at(-1)?.reason ?? '',
      /looking was given up: there are more than 100 bytes/,
    );
    const few = await scanLiveRoot(live(), wanted, { limits: { ...LIVE_LIMITS, entries: 3 } });
    assert.match(few.list.unread.at(-1)?.reason ?? '', /more than 3 files/);
  });

  it('says what it could not walk into', async () => {
    write(`${'d/'.repeat(70)}package.json`, '{}');
    mkdirSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]));
    const { list } = await scanLiveRoot(live(), { paths: [], walk: true });
    const reasons = list.unread.map(({ reason }) => reason);
    assert.ok(reasons.includes('lies too deep, and is not looked into'));
    assert.ok(reasons.includes('has a name that is no UTF-8, and is not looked into'));
  });

  it('is told from others without looking at it', () => {
    const roots = [pid, process.pid, process.ppid].map(liveRootOf);
    assert.equal(roots[1], roots[2]);
    assert.notEqual(roots[0], roots[1]);
    assert.ok(roots[0]?.endsWith(` ${root}`));
    assert.equal(liveRootOf(2 ** 22 + 1), null);
  });

  it('is given up where its reader never ends', async () => {
    assert.equal(await soonest(new Promise<number>(() => undefined), 10), null);
    assert.equal(await soonest(Promise.resolve(1), 60_000), 1);
  });

  it('leaves access times as they were', async () => {
    const path = join(root, 'var/lib/dpkg/status');
    utimesSync(path, new Date(1_000_000_000_000), new Date(1_500_000_000_000));
    const earlier = statSync(path).atimeMs;
    await scanLiveRoot(live(), { paths: [], walk: false });
    assert.equal(statSync(path).atimeMs, earlier);
  });

  it('of a process that is gone, or another by now, is refused', async () => {
    const wanted = { paths: [], walk: false };
    const isGone = (error: unknown) => error instanceof SensorError && error.code === 'not-found';
    await assert.rejects(scanLiveRoot({ pid, startTicks: 1 }, wanted), isGone);
    await assert.rejects(scanLiveRoot({ pid: 2 ** 22 + 1, startTicks: null }, wanted), isGone);
    const ticks = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]);
    assert.equal((await scanLiveRoot({ pid, startTicks: ticks }, wanted)).list.packages.length, 1);
  });
});
