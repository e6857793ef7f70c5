/**
 * Runs in a mount namespace of its own, where it keeps advisories on a small disk that syncs fill up.
 * Says what happened, as JSON lines.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SheerError } from '#model';
import { openAdvisories } from './open-advisories.ts';
import { syncAdvisories } from './sync-advisories.ts';

const DISK = 'size=4m,mode=0700';

const [, , parent = ''] = process.argv;
const disk = join(parent, 'disk');
const directory = join(disk, 'advisories');

mkdirSync(disk);
execFileSync('mount', ['-t', 'tmpfs', '-o', DISK, 'tmpfs', disk]);
const [large, small, next] = [stored('large', 20_000), stored('small', 500), stored('next', 500)];
const store = openAdvisories(directory);

say('first load', { ...(await sync(large)), ...state() });
say('small load', { ...(await sync(small)), ...state() });
say('increment', { ...(await sync(large)), ...state() });
const server = createServer((_, response) => response.end(Buffer.alloc(20_000_000, '\n')));
await new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
say('download', {
  ...(await sync(`http://127.0.0.1:${(server.address() as AddressInfo).port}/all.jsonl`)),
  ...state(),
});
server.closeAllConnections();
server.close();
say('room', { ...(await sync(next)), ...state() });
store.close();

/** Records that nothing packs. */
function stored(name: string, count: number): string {
  const path = join(parent, `${name}.jsonl`);
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      id: `${name}-${index}`,
      modified: '2026-01-02T03:04:05Z',
      details: randomBytes(300).toString('base64'),
    }),
  );
  writeFileSync(path, lines.join('\n'));
  return path;
}

async function sync(place: string): Promise<object> {
  try {
    const summary = await syncAdvisories(store, {
      place,
      acceptFewer: false,
      directory,
      clock: () => 0,
      signal: new AbortController().signal,
      progress: () => {},
      document: () => {},
    });
    return { code: 'none', added: summary?.written.added };
  } catch (error) {
    if (error instanceof SheerError) return { code: error.code, message: error.message };
    throw error;
  }
}

function state(): object {
  return {
    records: store.sources().map(({ records }) => records),
    readable: store.raw('small-0') !== null,
    halfFiles: readdirSync(directory, { encoding: 'utf8', recursive: true }).filter((name) =>
      /\.(new|part|done|version)$/.test(name),
    ),
  };
}

function say(what: string, values: object): void {
  process.stdout.write(`${JSON.stringify({ what, ...values })}\n`);
}
