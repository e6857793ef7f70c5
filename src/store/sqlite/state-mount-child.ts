/**
 * Runs in a mount namespace of its own, where it may mount what it likes: a small disk that fills up
 * and gets room again, and a disk that is read-only. Says what happened, as JSON lines.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOON, sampleFacts, sampleFlow } from '../sample-facts.ts';
import { StoreError } from '../store-error.ts';
import { openSqliteStore } from './open.ts';

const DISK = 'size=3m,mode=0700';
const BALLAST_BYTES = 1_000_000;

const [, , mountPoint = ''] = process.argv;
const directory = join(mountPoint, 'state');
const ballast = join(mountPoint, 'ballast');

execFileSync('mount', ['-t', 'tmpfs', '-o', DISK, 'tmpfs', mountPoint]);
mkdirSync(directory);
writeFileSync(ballast, Buffer.alloc(BALLAST_BYTES));
const open = (path = directory) => openSqliteStore({ directory: path, clock: () => NOON, node: 'node-1' });

const store = open();
let position = 0;
const full = errorOf(() => {
  for (;;) position = store.append('audit', sampleFacts(position, 50), position).position;
});
const positions = { audit: position, observations: 0 };
const others = [
  () =>
    store.measurements.addFlows(
      Array.from({ length: 5000 }, (_, index) => sampleFlow({ clientIp: `${index}` })),
    ),
  () => store.snapshots.write('graph', { version: 1, positions, parts: [new Uint8Array(BALLAST_BYTES * 3)] }),
  () => store.content.put(new Uint8Array(BALLAST_BYTES * 3)),
];
say('full', {
  ...full,
  others: others.map((write) => errorOf(write).code),
  head: store.head('audit').position,
  position,
});

rmSync(ballast);
store.append('audit', sampleFacts(position, 50), position);
store.close();
const again = open();
const sequences = [...again.replay('audit', 0)].flat().map((fact) => fact.source.sequence);
say('room', {
  position,
  records: sequences.length,
  inOrder: sequences.every((sequence, index) => sequence === index),
  flows: [...again.measurements.flows(0, Number.MAX_SAFE_INTEGER)].length,
});
again.close();

execFileSync('mount', ['-o', 'remount,ro', mountPoint]);
say('read-only', errorOf(open));
say(
  'read-only, new',
  errorOf(() => open(join(mountPoint, 'new', 'state'))),
);

function say(what: string, values: object): void {
  process.stdout.write(`${JSON.stringify({ what, ...values })}\n`);
}

function errorOf(work: () => unknown): { code: string; message: string; next: string | null } {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return { code: error.code, message: error.message, next: error.next };
    throw error;
  }
  return { code: 'none', message: '', next: null };
}
