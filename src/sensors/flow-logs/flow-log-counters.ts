import type { Instant } from '#model';

/** How many problems are kept with their text; all are counted. */
const PROBLEMS_KEPT = 100;

export interface LineProblem {
  /** Line number in the file, from 1. */
  readonly line: number;
  /** What was expected. */
  readonly problem: string;
}

/** What became of the lines: their kinds add up to `lines`. */
export interface FlowLogSummary {
  readonly lines: number;
  /** Flows: both ends have a name, one has, none has. */
  readonly named: number;
  readonly halfNamed: number;
  readonly unnamed: number;
  readonly malformed: number;
  /** VPC's NODATA and SKIPDATA. */
  readonly noData: number;
  /** Headers, comments, empty lines and events that say nothing new. */
  readonly ignored: number;
  /** The first hundred malformed lines. */
  readonly problems: readonly LineProblem[];
  /** Over all flows; null without any. */
  readonly firstAt: Instant | null;
  readonly lastAt: Instant | null;
}

export class FlowLogCounters {
  lines = 0;
  named = 0;
  halfNamed = 0;
  unnamed = 0;
  malformed = 0;
  noData = 0;
  ignored = 0;
  /** Lines that only this format has. */
  recognised = 0;
  firstAt = Number.POSITIVE_INFINITY;
  lastAt = Number.NEGATIVE_INFINITY;
  #problems: LineProblem[] = [];

  problem(line: number, problem: string): void {
    this.malformed += 1;
    if (this.#problems.length < PROBLEMS_KEPT) this.#problems.push({ line, problem });
  }

  summary(): FlowLogSummary {
    const { lines, named, halfNamed, unnamed, malformed, noData, ignored } = this;
    const any = named + halfNamed + unnamed > 0;
    return {
      ...{ lines, named, halfNamed, unnamed, malformed, noData, ignored },
      problems: [...this.#problems],
      firstAt: any ? this.firstAt : null,
      lastAt: any ? this.lastAt : null,
    };
  }

  restore(summary: FlowLogSummary, recognised: number): void {
    const { problems, firstAt, lastAt, ...counts } = summary;
    Object.assign(this, counts);
    this.recognised = recognised;
    this.firstAt = firstAt ?? Number.POSITIVE_INFINITY;
    this.lastAt = lastAt ?? Number.NEGATIVE_INFINITY;
    this.#problems = [...problems];
  }
}
