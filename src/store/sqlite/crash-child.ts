/**
 * Runs the crash script in the directory of the first argument and kills itself, as `kill -9` does,
 * before the n-th write of any kind, n being the second argument; the third is how many rounds. Says
 * on standard output how far it got: `step N` after each step; `refused` when a failing disk was
 * reported and the step is tried again; at the end `state …` and `writes N`.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';
import { crashSteps, fingerprint, openCrashStore } from './crash-script.ts';

const [, , directory = '', killAt = '', rounds = ''] = process.argv;
const reallyWrite = fs.writeSync;
let writes = 0;

/** Whether this is the one to die at. */
function isLast(): boolean {
  writes += 1;
  return writes === Number(killAt);
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** The same function, which may die before it does anything. */
function deadly<This, Arguments extends unknown[], Result>(
  original: (this: This, ...values: Arguments) => Result,
): (this: This, ...values: Arguments) => Result {
  return function dying(this: This, ...values: Arguments): Result {
    if (isLast()) die();
    return original.apply(this, values);
  };
}

function say(line: string): void {
  reallyWrite(1, `${line}\n`);
}

// `deadly` calls them with the `this` that it was called with.
/* oxlint-disable typescript/unbound-method */
DatabaseSync.prototype.exec = deadly(DatabaseSync.prototype.exec);
Object.assign(StatementSync.prototype, { run: deadly(StatementSync.prototype.run) });
/* oxlint-enable typescript/unbound-method */
const halfWrite = (file: number, bytes: Uint8Array, offset: number): number => {
  if (isLast()) {
    reallyWrite(file, bytes, offset, Math.floor((bytes.length - offset) / 2));
    die();
  }
  return reallyWrite(file, bytes, offset);
};
Object.assign(fs, {
  openSync: deadly(fs.openSync),
  mkdirSync: deadly(fs.mkdirSync),
  fsyncSync: deadly(fs.fsyncSync),
  renameSync: deadly(fs.renameSync),
  writeFileSync: deadly(fs.writeFileSync),
  writeSync: halfWrite,
});
syncBuiltinESMExports();

const store = twice(() => openCrashStore(directory));
for (const [index, step] of crashSteps(Number(rounds)).entries()) {
  twice(() => step(store));
  say(`step ${index + 1}`);
}
say(`state ${fingerprint(store)}`);
store.close();
say(`writes ${writes}`);

/** What is refused because the disk failed has changed nothing, so it can be done again. */
function twice<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'state-unusable') throw error;
    say('refused');
    return work();
  }
}
