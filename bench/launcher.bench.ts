import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Benchmark } from './benchmark.ts';

const ROOT = join(import.meta.dirname, '..');
const RUNS = 20;

/** What `./sheer` costs where everything is installed, beside the command line started without it. */
export const benchmark: Benchmark = {
  name: 'launcher',
  run() {
    const launcher = () => medianMs(join(ROOT, 'sheer'), ['--version']);
    const direct = () => medianMs(process.execPath, [join(ROOT, 'src/app/main.ts'), '--version']);
    // Once for the compile cache, which the first start fills.
    launcher();
    const [withLauncher, without] = [launcher(), direct()];
    const note = `median of ${RUNS} starts of --version`;
    return Promise.resolve([
      {
        metric: 'launcher, more than the command line itself',
        value: withLauncher - without,
        unit: 'ms',
        higherIsBetter: false,
        bar: 150,
        note: `${note}; negative where its compile cache saves more than it costs`,
      },
      { metric: './sheer --version', value: withLauncher, unit: 'ms', higherIsBetter: false, note },
    ]);
  },
};

function medianMs(program: string, parameters: readonly string[]): number {
  const times = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    execFileSync(program, parameters);
    return performance.now() - began;
  });
  return times.toSorted((a, b) => a - b)[RUNS / 2] ?? 0;
}
