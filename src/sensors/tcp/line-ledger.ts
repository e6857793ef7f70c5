/** What the kernel had made when it looked: the lines of each CPU. */
interface Mark {
  readonly at: number;
  readonly made: Map<number, number>;
}

/**
 * The lines that precede a mark are awaited for this long in the kernel's time. The helper empties
 * the buffers of all CPUs in turn, so a line may come later than a mark of another CPU; when nothing
 * came for so long, it was the last of its CPU and did not fit the buffer.
 */
const AWAIT_NS = 5e9;

/**
 * The kernel looks at the counters of other CPUs while their programs may just be running, between
 * taking the time and counting. That takes microseconds, but a virtual machine's CPU may be held up
 * by its host right there: so much older than the mark, a line has been counted.
 */
const MARGIN_NS = 20e6;

/**
 * Knows which lines are missing and up to when every line has been read. Buffers are per CPU and
 * keep their own order, but not among each other; each line has its CPU's sequence.
 */
export class LineLedger {
  /** The sequence of the last line of each CPU that was read or given up. */
  readonly #reached = new Map<number, number>();
  #marks: Mark[] = [];
  #parts: Mark | null = null;
  #lost = 0;
  #newest = 0;

  /** A line was read. */
  line(cpu: number, sequence: number): void {
    const reached = this.#reached.get(cpu) ?? 0;
    if (sequence <= reached) return;
    this.#lost += sequence - reached - 1;
    this.#reached.set(cpu, sequence);
  }

  /** One part of a mark was read: a CPU's counter at kernel time `at`. */
  part(at: number, cpu: number, made: number): void {
    if (this.#parts?.at !== at) this.#parts = { at, made: new Map() };
    this.#parts.made.set(cpu, made);
  }

  /** A mark is complete, if none of its parts was lost. */
  mark(at: number, parts: number): void {
    this.#newest = at;
    const made = this.#parts?.at === at ? this.#parts.made : new Map<number, number>();
    this.#parts = null;
    if (made.size === parts) this.#marks.push({ at, made });
  }

  /** How many lines were found missing since the last call. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  /** The kernel time before which everything has been read, if it has advanced since the last call. */
  takeWatermark(): number | null {
    let passed = 0;
    for (const mark of this.#marks) {
      if (this.#newest - mark.at > AWAIT_NS) this.#giveUp(mark);
      if (!this.#covers(mark)) break;
      passed += 1;
    }
    const last = this.#marks[passed - 1];
    this.#marks = this.#marks.slice(passed);
    return last === undefined ? null : last.at - MARGIN_NS;
  }

  #covers(mark: Mark): boolean {
    for (const [cpu, made] of mark.made) if ((this.#reached.get(cpu) ?? 0) < made) return false;
    return true;
  }

  #giveUp(mark: Mark): void {
    for (const [cpu, made] of mark.made) {
      const reached = this.#reached.get(cpu) ?? 0;
      if (made <= reached) continue;
      this.#lost += made - reached;
      this.#reached.set(cpu, made);
    }
  }
}
