import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { RunDirectory } from './run-directory.ts';

const ID = 'c'.repeat(64);

describe('podman’s run directory', () => {
  let path: string;
  let directory: RunDirectory;
  let told: string[];

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'sheerline-run-'));
    told = [];
    directory = new RunDirectory(path, {
      created: (id) => told.push(`created ${id}`),
      prepared: (id) => told.push(`prepared ${id}`),
      unnamed: (id) => told.push(`unnamed ${id}`),
    });
    directory.open();
  });
  afterEach(async () => {
    directory.close();
    await rm(path, { recursive: true });
  });

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
