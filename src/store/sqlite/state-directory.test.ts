import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { NOON, sampleFacts, sampleFlow } from '../sample-facts.ts';
import { StoreError } from '../store-error.ts';
import { openSqliteStore } from './open.ts';

const HOLDER = `
  import { openSqliteStore } from ${JSON.stringify(new URL('open.ts', import.meta.url).href)};
  try {
    const store = openSqliteStore({ directory: process.argv[1], clock: () => 0, node: 'n' });
    process.stdout.write('open');
    setInterval(() => store.head('audit'), 1000);
  } catch (error) {
    process.stdout.write(error.code + ' ' + error.message);
  }`;

const open = (directory: string) => openSqliteStore({ directory, clock: () => NOON, node: 'node-1' });

describe('a state directory', () => {
  const root = mkdtempSync(join(tmpdir(), 'sheer-state-'));
  let directory: string;

  beforeEach(() => {
    directory = join(mkdtempSync(join(root, 'test-')), 'missing', 'state');
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  it('is made where it is missing; it and all in it are for its owner only', () => {
    const store = open(directory);
    store.append('audit', sampleFacts(1, 1), 0);
    store.measurements.addFlows([sampleFlow()]);
    store.snapshots.write('graph', { version: 1, positions: { audit: 1, observations: 0 }, parts: [] });
    store.content.put(Buffer.from('abc'));
    const modes = new Set(
      readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => {
        const { mode } = statSync(join(directory, name));
        return (mode & 0o170777).toString(8);
      }),
    );
    assert.deepEqual([...modes].toSorted(), ['100600', '40700']);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    store.close();
  });

  it('that holds other things keeps its mode', () => {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    writeFileSync(join(directory, 'letter.txt'), 'hello');
    open(directory).close();
    assert.equal(statSync(directory).mode & 0o777, 0o755);
  });

  it('of which a part is a file is refused, with the next step', () => {
    mkdirSync(join(directory, '..'), { recursive: true });
    writeFileSync(directory, '');
    for (const path of [directory, join(directory, 'deeper')]) {
      const error = errorOf(() => open(path));
      assert.equal(error.code, 'state-unusable');
      assert.match(
        error.message,
        /cannot be written: (it is not a directory|a part of its path is not a directory)\.$/,
      );
      assert.match(error.next ?? '', /--state DIR/);
    }
  });

  it('where nobody can make one is refused, with the next step', () => {
    for (const path of ['/proc/sheerline', '/proc/sheerline/deeper']) {
      // Root is told that there is no such place, others that they may not.
      const error = errorOf(() => open(path));
      assert.equal(error.code, 'state-unusable');
      assert.match(
        error.message,
        /cannot be (made: its file system takes no new folders|written: permission denied)\.$/,
      );
      assert.match(error.next ?? '', /--state DIR/);
    }
  });

  it('of a newer Sheerline is refused', () => {
    open(directory).close();
    change(directory, 'PRAGMA user_version = 1000');
    const error = errorOf(() => open(directory));
    assert.equal(error.code, 'state-unusable');
    assert.match(error.message, /newer version/);
  });

  it('with a damaged database is refused, and can be taken again', () => {
    open(directory).close();
    const path = join(directory, 'state.sqlite');
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.alloc(bytes.length, 7));
    assert.equal(errorOf(() => open(directory)).code, 'record-broken');
    writeFileSync(path, bytes);
    open(directory).close();
  });

  it('that is removed while it is in use takes nothing more, and says so', () => {
    const store = open(directory);
    store.append('audit', sampleFacts(1, 1), 0);
    rmSync(directory, { recursive: true });
    const error = errorOf(() => store.append('audit', sampleFacts(2, 1), 1));
    assert.equal(error.code, 'state-unusable');
    assert.match(error.message, /is gone; nothing was recorded/);
    assert.equal(store.head('audit').position, 1);
    store.close();
  });

  it('gives what was erased back to nobody', () => {
    const store = open(directory);
    const secret = 'hunter2-hunter2-hunter2';
    const [fact] = sampleFacts(1, 1);
    assert.ok(fact);
    store.append('audit', [{ ...fact, actor: secret }, ...sampleFacts(2, 200)], 0);
    store.append('audit', [{ ...fact, actor: secret.repeat(2000) }], 201);
    assert.ok(holds(directory, secret));
    store.erase('audit', 1);
    store.erase('audit', 202);
    assert.ok(!holds(directory, secret));
    store.close();
    assert.ok(!holds(directory, secret));
  });
});

describe('a full database', () => {
  const root = mkdtempSync(join(tmpdir(), 'sheer-state-'));
  after(() => rmSync(root, { recursive: true, force: true }));

  it('takes nothing of what does not fit, and goes on when there is room', (context) => {
    const databases: DatabaseSync[] = [];
    // Called with its `this` below.
    // oxlint-disable-next-line typescript/unbound-method
    const prepare = DatabaseSync.prototype.prepare;
    context.mock.method(DatabaseSync.prototype, 'prepare', function (this: DatabaseSync, sql: string) {
      databases.push(this);
      return prepare.call(this, sql);
    });
    const store = open(join(root, 'full'));
    const database = databases.at(-1);
    assert.ok(database);
    let position = store.append('audit', sampleFacts(0, 10), 0).position;
    database.exec('PRAGMA max_page_count = 40');
    const error = errorOf(() => {
      for (; position < 10_000;)
        position = store.append('audit', sampleFacts(position, 10), position).position;
    });
    assert.equal(error.code, 'state-unusable');
    assert.equal(error.remedy, 'wait');
    assert.match(error.message, /is full; nothing was recorded/);
    assert.equal(store.head('audit').position, position);
    assert.throws(() => store.measurements.addFlows(flows(500), { id: 'import:x', offset: 1, state: '' }), {
      code: 'state-unusable',
    });
    assert.equal(store.measurements.importProgress('import:x'), null);
    assert.deepEqual([...store.measurements.flows(0, Number.MAX_SAFE_INTEGER)], []);
    database.exec('PRAGMA max_page_count = 4000');
    store.append('audit', sampleFacts(position, 10), position);
    assert.deepEqual(
      [...store.read('audit', 0)].flat().map((fact) => fact.source.sequence),
      Array.from({ length: position + 10 }, (_, sequence) => sequence),
    );
    assert.equal(store.verify('audit').ok, true);
    store.close();
  });
});

describe('two on one state directory', () => {
  const root = mkdtempSync(join(tmpdir(), 'sheer-state-'));
  const children: ReturnType<typeof spawn>[] = [];

  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  async function openElsewhere(directory: string): Promise<{ pid: number; said: string }> {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', HOLDER, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [chunk] = await once(child.stdout, 'data');
    assert.ok(child.pid);
    return { pid: child.pid, said: String(chunk) };
  }

  it('are refused, naming who holds it and the next command', async () => {
    const directory = join(root, 'held');
    const { pid, said } = await openElsewhere(directory);
    assert.equal(said, 'open');
    const error = errorOf(() => open(directory));
    assert.equal(error.code, 'state-in-use');
    assert.equal(error.message, `The state directory ${directory} is in use by process ${pid}.`);
    assert.match(error.next ?? '', /`sheer status`.*`sheer down`/);
  });

  it('are refused within one process, too', () => {
    const directory = join(root, 'same');
    const store = open(directory);
    const error = errorOf(() => open(directory));
    assert.match(error.message, new RegExp(`in use by process ${process.pid}\\.$`));
    assert.equal(store.append('audit', sampleFacts(1, 1), 0).position, 1);
    assert.equal(errorOf(() => open(directory)).code, 'state-in-use');
    store.close();
    open(directory).close();
  });

  it('follow one another as soon as the first was killed', async () => {
    const directory = join(root, 'killed');
    await openElsewhere(directory);
    const [child] = children;
    assert.ok(child);
    child.kill('SIGKILL');
    await once(child, 'exit');
    open(directory).close();
  });

  it('of many at once exactly one gets it', async () => {
    const directory = join(root, 'race');
    const said = await Promise.all(Array.from({ length: 6 }, () => openElsewhere(directory)));
    const words = said.map((answer) => answer.said.split(' ')[0]);
    assert.deepEqual(
      words.toSorted((left, right) => ((left ?? '') < (right ?? '') ? -1 : 1)),
      ['open', ...Array.from({ length: 5 }, () => 'state-in-use')],
    );
  });
});

function errorOf(work: () => unknown): StoreError {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

function change(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, 'state.sqlite'));
  database.exec(sql);
  database.close();
}

function holds(directory: string, text: string): boolean {
  return readdirSync(directory).some((name) => {
    const path = join(directory, name);
    return statSync(path).isFile() && readFileSync(path).includes(text);
  });
}

function flows(count: number): ReturnType<typeof sampleFlow>[] {
  return Array.from({ length: count }, (_, index) => sampleFlow({ clientIp: `10.9.0.${index}` }));
}
