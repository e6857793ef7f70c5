import { execFileSync } from 'node:child_process';
import os from 'node:os';

const DIRECTORY = import.meta.dirname;

/** What a result was measured on. */
export function machine(): Readonly<Record<string, string | number>> {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release()}`,
    // Above 1 something else ran beside a single-threaded benchmark.
    loadAverageMinute: os.loadavg()[0] ?? 0,
  };
}

/** Null outside of a checkout; `-changed` when what was measured is not what was committed. */
export function commit(): string | null {
  try {
    const places = ['../src', '../bench', '../test', '../examples', ':!results'];
    const changed = git('status', '--porcelain', '--', ...places) !== '';
    return `${git('rev-parse', 'HEAD')}${changed ? '-changed' : ''}`;
  } catch {
    return null;
  }
}

function git(...options: string[]): string {
  return execFileSync('git', options, {
    cwd: DIRECTORY,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
