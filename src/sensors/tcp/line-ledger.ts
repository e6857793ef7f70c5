/** What the kernel had made when it looked: the lines of each CPU. */
interface Mark {
  readonly at: number;
  readonly made: Map<number, number>;
  /** Its number among all marks. */
  readonly order: number;
}

/**
 * A line that did not fit the buffer shows as a hole once a later line of its CPU has been read; the
 * last ones of a CPU have no later line. The helper empties the buffers of all CPUs in turn, and may
 * take seconds for one when it is behind. But when so many marks in a row (1 s) came promptly, it has
 * been around all of them: what is still missing from before is lost.
 */
const PROMPT_MARKS = 5;
const PROMPT_NS = 500e6;

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
  #parts: Omit<Mark, 'order'> | null = null;
  #lost = 0;
  #count = 0;
  /** How many of the latest marks came promptly. */
  #prompt = 0;

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

  /** A mark is complete, if none of its parts was lost; it was read at kernel time `readAt`. */
  mark(at: number, parts: number, readAt: number): void {
    this.#count += 1;
    this.#prompt = readAt - at < PROMPT_NS ? this.#prompt + 1 : 0;
    const made = this.#parts?.at === at ? this.#parts.made : new Map<number, number>();
    this.#parts = null;
    if (made.size === parts) this.#marks.push({ at, made, order: this.#count });
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
      if (this.#prompt >= PROMPT_MARKS && this.#count - mark.order >= PROMPT_MARKS) this.#giveUp(mark);
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
