import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { addressId, type AddressData, type FlowAnswer, type FlowImportAnswer, type NewFact } from '#model';
import { openSqliteStore } from '#store';
import { containerData } from '../fakes/container-data.ts';
import { ENTRY, Product } from './product.ts';

const NETWORK = 'network/n/podman';
const MINUTE_MS = 60_000;
/** Two hours ago, on the minute: what is imported is late. */
const BEGAN = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 120 * MINUTE_MS;
/** Then the address went from web to cart. */
const REUSED = BEGAN + 30 * MINUTE_MS;
const SHARED = '10.77.0.5';
const API = '10.77.0.9';
/** About 9 MB: several chunks of 4 MiB. */
const LINES = 100_000;
const BROKEN_EVERY = 1000;

type Result = FlowImportAnswer & { readonly kind: 'result' };

interface NamedLine {
  readonly line: number;
  readonly at: string;
  readonly from: string | null;
  readonly to: string | null;
}

describe('late flow logs about what is long gone', () => {
  const teardown = new AsyncDisposableStack();
  let directory: string;
  let sheer: Product;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sheerline-import-'));
    teardown.defer(() => rm(directory, { recursive: true, force: true }));
    remember(join(directory, 'state'));
    sheer = await Product.start({ state: join(directory, 'state'), engines: ['processes'] });
    teardown.use(sheer);
  });
  after(() => teardown.disposeAsync());

  const importing = (file: string, format: string, ...more: readonly string[]): readonly string[] => [
    'flows',
    'import',
    file,
    '--format',
    format,
    '--scope',
    NETWORK,
    ...more,
  ];

  it('VPC: names each line as of its own time, and goes on where it was killed', async () => {
    const file = join(directory, 'vpc.log');
    const out = join(directory, 'named.ndjson');
    writeFileSync(file, vpcLog());
    const line = importing(file, 'vpc', '--out', out);
    await killedInBetween([...line, '--json', '--state', sheer.state]);
    const again = await sheer.run(...line, '--json');
    assert.match(again.error, /was imported before; it is named again, and not counted again/);
    const { lines, named, halfNamed, unnamed, malformed, problems } = resultIn(again.out);
    const broken = LINES / BROKEN_EVERY;
    assert.deepEqual([lines, named, halfNamed, unnamed, malformed], [LINES, LINES - broken, 0, 0, broken]);
    assert.deepEqual(
      problems.slice(0, 2).map((problem) => problem.line),
      [BROKEN_EVERY, 2 * BROKEN_EVERY],
    );

    const flows = await sheer.json<readonly FlowAnswer[]>('flows', '--since', '3h');
    assert.deepEqual(connectionsByName(flows), {
      'web → api:8080': LINES / 2,
      'cart → api:8080': LINES / 2 - broken,
    });
    const written = namedLines(out);
    assert.equal(
      written.length,
      LINES - broken,
      'every line, also of what was imported before it was killed',
    );
    assert.equal(new Set(written.map((each) => each.line)).size, written.length, 'no line is written twice');
    for (const { at, from, to } of written)
      assert.deepEqual([from, to], [Date.parse(at) < REUSED ? 'web' : 'cart', 'api']);
    assert.equal((await sheer.run(...line)).exit, 0);
    const unchanged = await sheer.json<readonly FlowAnswer[]>('flows', '--since', '3h');
    assert.deepEqual(connectionsByName(unchanged), connectionsByName(flows), 'the same file counts once');

    const rotated = join(directory, 'vpc.log.1.gz');
    writeFileSync(rotated, gzipSync(`${vpcLog()}${vpcLine(BEGAN + MINUTE_MS, SHARED, 45_000)}\n`));
    const grown = await sheer.run(...importing(rotated, 'vpc'));
    assert.match(grown.error, /goes on behind byte/);
    assert.deepEqual(connectionsByName(await sheer.json('flows', '--since', '3h')), {
      'web → api:8080': LINES / 2 + 1,
      'cart → api:8080': LINES / 2 - broken,
    });
  });

  const others: readonly (readonly [format: string, name: string, content: () => string | Buffer])[] = [
    ['zeek', 'conn.log', zeekLog],
    ['zeek', 'conn.log.gz', () => gzipSync(`${zeekLog(40_005)}#close\n`)],
    ['conntrack', 'events.log', conntrackLog],
  ];
  for (const [format, name, content] of others) {
    it(`${format}, ${name}: the same`, async () => {
      const file = join(directory, name);
      const out = join(directory, `${name}.ndjson`);
      writeFileSync(file, content());
      const { exit, error } = await sheer.run(...importing(file, format, '--out', out));
      assert.equal(exit, 0, error);
      assert.deepEqual(
        namedLines(out).map(({ from, to }) => `${from} → ${to}`),
        ['web → api', 'cart → api'],
      );
    });
  }

  it('a line of 10 MB is one malformed line, and --out is a new file', async () => {
    const file = join(directory, 'long.log');
    const out = join(directory, 'long.ndjson');
    writeFileSync(out, 'of an earlier import\n');
    writeFileSync(file, `${'x'.repeat(10_000_000)}\n${vpcLine(BEGAN + MINUTE_MS, SHARED, 41_000)}\n`);
    const { out: printed, error } = await sheer.run(...importing(file, 'vpc', '--out', out), '--json');
    assert.equal(error, '');
    const { lines, named, malformed, problems } = resultIn(printed);
    assert.deepEqual([lines, named, malformed], [2, 1, 1]);
    assert.deepEqual(problems, [{ line: 1, problem: 'the line is longer than 1 MiB' }]);
    assert.deepEqual(
      namedLines(out).map(({ line, from }) => [line, from]),
      [[2, 'web']],
    );
  });

  it('a file of another format is refused whole, with what it looks like', async () => {
    const file = join(directory, 'other.log');
    writeFileSync(file, zeekLog());
    const { exit, error } = await sheer.run(...importing(file, 'vpc'));
    assert.equal(exit, 2);
    assert.match(error, /^✘ this is no VPC flow log; it looks like a Zeek log \(--format zeek\)$/m);
    assert.match(error, /next {3}Say what it is with --format/);
    assert.equal((await sheer.run(...importing(join(directory, 'missing.log'), 'vpc'))).exit, 2);
    assert.equal((await sheer.run(...importing(file, 'ipfix'))).exit, 2);
  });
});

/** Containers that lived then, as an engine on another machine reported them. */
function remember(state: string): void {
  const facts: NewFact[] = [];
  const base = (validFrom: number) => ({
    recordedAt: validFrom,
    validFrom,
    evidence: 'observed' as const,
    source: { id: 'podman', node: 'n', sequence: facts.length + 1 },
  });
  const lives = (name: string): number =>
    facts.push({
      ...base(BEGAN),
      kind: 'assert',
      subject: { kind: 'instance', id: name },
      data: containerData({ name, pid: null }),
    });
  const holds = (name: string, ip: string, from: number): number => {
    const data = addressOf(name, ip);
    return facts.push({
      ...base(from),
      kind: 'assert',
      subject: { kind: 'address', id: addressId(data) },
      data,
    });
  };
  for (const name of ['web', 'cart', 'api']) lives(name);
  holds('web', SHARED, BEGAN);
  holds('api', API, BEGAN);
  const given = { kind: 'address', id: addressId(addressOf('web', SHARED)) } as const;
  facts.push({ ...base(REUSED), kind: 'end', subject: given });
  facts.push({ ...base(REUSED), kind: 'end', subject: { kind: 'instance', id: 'web' } });
  holds('cart', SHARED, REUSED);
  const store = openSqliteStore({ directory: state, clock: Date.now, node: 'n' });
  store.append('observations', facts, 0);
  store.close();
}

const addressOf = (name: string, ip: string): AddressData => ({
  scope: NETWORK,
  ip,
  port: null,
  protocol: null,
  holder: { kind: 'instance', id: name },
});

const seconds = (at: number): number => Math.floor(at / 1000);

const vpcLine = (at: number, from: string, port: number): string =>
  `2 123456789010 eni-1235b8ca123456789 ${from} ${API} ${port} 8080 6 12 4100 ${seconds(at)} ${seconds(at) + 9} ACCEPT OK`;

/** Half of the lines before and half after the address changed hands; of the latter some are broken. */
function vpcLog(): string {
  const lines = Array.from({ length: LINES }, (_, index) => {
    const at = index % 2 === 0 ? BEGAN + 10 * MINUTE_MS : REUSED + 10 * MINUTE_MS;
    return index % BROKEN_EVERY === BROKEN_EVERY - 1
      ? 'nonsense'
      : vpcLine(at, SHARED, 30_000 + (index % 30_000));
  });
  return `${lines.join('\n')}\n`;
}

function zeekLog(firstPort = 40_001): string {
  const head =
    '#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\n';
  const row = (at: number, from: string, port: number): string =>
    `${at / 1000}\tC${port}\t${from}\t${port}\t${API}\t8080\ttcp\tSF\n`;
  return head + row(BEGAN + MINUTE_MS, SHARED, firstPort) + row(REUSED + MINUTE_MS, SHARED, 40_002);
}

function conntrackLog(): string {
  const row = (at: number, port: number): string =>
    `[${(at / 1000).toFixed(6)}]	    [NEW] ipv4     2 tcp      6 120 SYN_SENT src=${SHARED} dst=${API} sport=${port} dport=8080 [UNREPLIED] src=${API} dst=${SHARED} sport=8080 dport=${port}\n`;
  return row(BEGAN + MINUTE_MS, 40_003) + row(REUSED + MINUTE_MS, 40_004);
}

const resultIn = (out: string): Result => JSON.parse(out.trim().split('\n').at(-1) ?? '') as Result;

// What `--out` writes.
const namedLines = (path: string): readonly NamedLine[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as NamedLine);

function connectionsByName(flows: readonly FlowAnswer[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { from, to, port, connections } of flows) {
    const name = `${from.name} → ${to.name}:${port}`;
    // Others on this machine may talk meanwhile.
    if (to.name === 'api') sums[name] = (sums[name] ?? 0) + connections;
  }
  return sums;
}

/** Runs the command and kills it as soon as it has made some progress. */
async function killedInBetween(line: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [ENTRY, ...line], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}
