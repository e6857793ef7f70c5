// The published command. The bundle needs the Node that the package `node` pins; where another one
// starts us, we hand over to it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

const MAJOR_NEEDED = 26;
const bundle = join(dirname(fileURLToPath(import.meta.url)), 'main.js');

if (Number(process.versions.node.split('.')[0]) >= MAJOR_NEEDED) await import(bundle);
else handOver(pinnedNode());

/** Null where the package is not there, or was installed without its install script. */
function pinnedNode() {
  try {
    const program = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node');
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

function handOver(program) {
  if (program === null) {
    process.stderr.write(
      `sheer: this is Node ${process.versions.node}, and Node ${MAJOR_NEEDED} is needed; the package "node", which brings it,\n` +
        '  was installed without its install script. Run: npm rebuild --ignore-scripts=false node\n',
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(program, [...process.execArgv, bundle, ...process.argv.slice(2)], { stdio: 'inherit' });
  // What we are told is passed on, and the child decides; but a terminal tells both of us, and twice would
  // be a second Ctrl-C, which ends at once.
  const hasTerminal = [0, 1, 2].some((file) => isatty(file));
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => hasTerminal || child.kill(signal));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
