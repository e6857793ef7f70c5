/**
 * Writes advisories into the directory of the first argument and kills itself, as `kill -9` does, before
 * the n-th write of any kind, n being the second argument: a first load, or with `later` as the third a
 * write into what is there. Says `writes N` when it was not killed.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { readSample, writeSamples } from '../../advisories.conformance.ts';
import { openSqliteAdvisories } from './open-advisories.ts';

const [, , directory = '', killAt = '', when = ''] = process.argv;
let writes = 0;

function deadly<This, Arguments extends unknown[], Result>(
  original: (this: This, ...values: Arguments) => Result,
): (this: This, ...values: Arguments) => Result {
  return function dying(this: This, ...values: Arguments): Result {
    writes += 1;
    if (writes === Number(killAt)) process.kill(process.pid, 'SIGKILL');
    return original.apply(this, values);
  };
}

// `deadly` calls them with the `this` that it was called with.
/* oxlint-disable typescript/unbound-method */
DatabaseSync.prototype.exec = deadly(DatabaseSync.prototype.exec);
Object.assign(StatementSync.prototype, { run: deadly(StatementSync.prototype.run) });
/* oxlint-enable typescript/unbound-method */
Object.assign(fs, {
  openSync: deadly(fs.openSync),
  fsyncSync: deadly(fs.fsyncSync),
  renameSync: deadly(fs.renameSync),
  rmSync: deadly(fs.rmSync),
});
syncBuiltinESMExports();

const store = openSqliteAdvisories({ directory, read: readSample });
const samples = Array.from(
  { length: 80 },
  (_, index) => `A-${index} at ${when === 'later' ? 2 : 1} in npm/a`,
);
writeSamples(store, when === 'later' ? samples.slice(5) : samples);
store.close();
fs.writeSync(1, `writes ${writes}\n`);
