import { readdirSync, readFileSync } from 'node:fs';

/** BPF_PROG_TYPE_TRACEPOINT of linux/bpf.h, in the hexadecimal of fdinfo. */
const TRACEPOINT = /^prog_type:\s+5$/m;

const MISSES = /^recursion_misses:\s+(\d+)$/m;

/**
 * How often the kernel did not run the helper's program, although its tracepoint was passed: it runs
 * one such program at a time on a CPU, so an interrupt in the midst of one goes unreported (about one
 * in 5,000 on two busy CPUs). It counts that, and says so in `/proc/PID/fdinfo` (Linux 6.7 on).
 */
export class SkippedRuns {
  readonly #directory: (pid: number) => string;
  /** The files of this process; looked for until the program is loaded. */
  #found: { readonly pid: number; readonly files: readonly string[] } | null = null;
  #counted = 0;

  constructor(directory = (pid: number): string => `/proc/${pid}/fdinfo`) {
    this.#directory = directory;
  }

  /** How many there were since the last call; 0 where the kernel does not say. */
  take(pid: number): number {
    if (this.#found?.pid !== pid || this.#found.files.length === 0) {
      this.#found = { pid, files: this.#find(pid) };
      this.#counted = 0;
    }
    let count = 0;
    for (const file of this.#found.files) count += Number(MISSES.exec(read(file))?.[1] ?? 0);
    const news = Math.max(0, count - this.#counted);
    this.#counted += news;
    return news;
  }

  #find(pid: number): readonly string[] {
    const directory = this.#directory(pid);
    return list(directory)
      .map((name) => `${directory}/${name}`)
      .filter((file) => TRACEPOINT.test(read(file)));
  }
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // It has ended.
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
