import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { RunDirectory, watchDirectory, type WatchDirectory } from './run-directory.ts';

const ID = 'c'.repeat(64);

describe('podman’s run directory', () => {
  let path: string;
  let directory: RunDirectory;
  let told: string[];

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'sheerline-run-'));
    told = [];
    directory = opened();
  });
  afterEach(async () => {
    directory.close();
    await rm(path, { recursive: true });
  });

  function opened(watching?: WatchDirectory): RunDirectory {
    const opening = new RunDirectory(
      path,
      {
        created: (id) => told.push(`created ${id}`),
        prepared: (id) => told.push(`prepared ${id}`),
        unnamed: (id) => told.push(`unnamed ${id}`),
      },
      watching,
    );
    opening.open();
    return opening;
  }

  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(join(path, ID, 'userdata'), { recursive: true });
    await writeFile(join(path, ID, 'userdata', name), text);
  };

  async function heard(what: string): Promise<void> {
    for (let attempt = 0; !told.includes(what); attempt++) {
      assert.ok(attempt < 500, `never heard: ${what}`);
      await delay(10);
    }
  }

  it('tells of a container when it is made, and when its network is up', async () => {
    await mkdir(join(path, ID, 'userdata'), { recursive: true });
    await heard(`created ${ID}`);
    await write('hosts', '10.0.0.2 web\n');
    await heard(`prepared ${ID}`);
    assert.equal(directory.sighting(ID).hosts?.text, '10.0.0.2 web\n');
  });

  it('misses nothing when the inner directory is made between two looks', async () => {
    directory.close();
    let looks = 0;
    directory = opened((watched, changed) => {
      try {
        return watchDirectory(watched, changed);
      } finally {
        // The first look at it finds nothing; podman makes it before anything else is looked at.
        if (watched.endsWith('userdata') && looks++ === 0) mkdirSync(watched);
      }
    });
    await mkdir(join(path, ID));
    await heard(`created ${ID}`);
    assert.equal(looks, 2);
    await write('hosts', '10.0.0.2 web\n');
    await heard(`prepared ${ID}`);
    await rm(join(path, ID), { recursive: true });
    assert.equal(directory.sighting(ID).hosts?.text, '10.0.0.2 web\n');
  });

  it('sees a container start that was made before, and does not believe what stood there', async () => {
    await write('hosts', '10.0.0.9 web\n');
    directory.close();
    told = [];
    directory = opened();
    await rm(join(path, ID), { recursive: true });
    assert.equal(directory.sighting(ID).hosts, null);
    directory.close();
    await write('hosts', '10.0.0.9 web\n');
    directory = opened();
    await write('hosts', '10.0.0.2 web\n');
    await heard(`prepared ${ID}`);
    await rm(join(path, ID), { recursive: true });
    assert.equal(directory.sighting(ID).hosts?.text, '10.0.0.2 web\n');
  });

  it('tells of a container that starts without a hosts file', async () => {
    await write('pidfile', '42');
    directory.follow(ID);
    await heard(`unnamed ${ID}`);
    assert.deepEqual(
      told.filter((each) => each.startsWith('unnamed')),
      [`unnamed ${ID}`],
    );
  });

  it('reads what was written before it looked', async () => {
    await write('hosts', '10.0.0.2 web\n');
    await write('pidfile', '42');
    directory.follow(ID);
    const { hosts, pid } = directory.sighting(ID);
    assert.equal(hosts?.text, '10.0.0.2 web\n');
    assert.equal(pid, 42);
  });

  it('does not believe what was written once the container could have done it', async () => {
    await write('hosts', '10.0.0.2 web\n');
    directory.follow(ID);
    await write('pidfile', '42');
    // Change times are as coarse as the kernel's timer.
    await delay(30);
    await write('hosts', '10.0.0.99 web\n');
    assert.equal(directory.sighting(ID).hosts?.text, '10.0.0.2 web\n');
  });

  it('does not believe it either when podman removes the pid file before the hosts file', async () => {
    await write('hosts', '10.0.0.2 web\n');
    directory.follow(ID);
    await write('pidfile', '42');
    directory.sighting(ID);
    await delay(30);
    await write('hosts', '10.0.0.99 web\n');
    await rm(join(path, ID, 'userdata', 'pidfile'));
    for (let look = 0; look < 2; look++) {
      assert.equal(directory.sighting(ID).hosts?.text, '10.0.0.2 web\n');
      assert.equal(directory.sighting(ID).pid, 42);
    }
    await delay(30);
    await write('hosts', '10.0.0.3 web\n');
    assert.equal(directory.sighting(ID).hosts?.text, '10.0.0.3 web\n', 'its next run');
  });

  it('believes it again when the container is started anew', async () => {
    await write('hosts', '10.0.0.2 web\n');
    await write('pidfile', '42');
    directory.follow(ID);
    await delay(30);
    await write('hosts', '10.0.0.3 web\n');
    await write('pidfile', '43');
    const { hosts, pid } = directory.sighting(ID);
    assert.equal(hosts?.text, '10.0.0.3 web\n');
    assert.equal(pid, 43);
  });

  it('keeps what it read after the container is removed, until it is told to forget it', async () => {
    await write('hosts', '10.0.0.2 web\n');
    directory.follow(ID);
    await rm(join(path, ID), { recursive: true });
    assert.equal(directory.sighting(ID).hosts?.text, '10.0.0.2 web\n');
    directory.forget(ID);
    assert.equal(directory.sighting(ID).hosts, null);
  });

  it('reads a hosts file that a container has made huge only in part, and no device at all', async () => {
    await write('hosts', 'x'.repeat(10_000_000));
    directory.follow(ID);
    assert.equal(directory.sighting(ID).hosts?.text.length, 64 * 1024);
  });

  it('leaves access times as they are', async () => {
    await write('hosts', '10.0.0.2 web\n');
    const file = join(path, ID, 'userdata', 'hosts');
    const before = await stat(file, { bigint: true });
    await delay(30);
    directory.follow(ID);
    assert.equal(directory.sighting(ID).hosts?.text, '10.0.0.2 web\n');
    assert.equal((await stat(file, { bigint: true })).atimeNs, before.atimeNs);
  });
});
