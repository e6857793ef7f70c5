import type { Instant } from '#model';
import type { Problem } from './problem.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** More would only repeat themselves. */
const PROBLEMS_MAX = 20;

/**
 * Takes the members of a parsed document, and notes where they are not what they should be. A member
 * that is null is taken as missing, as some publishers write it so.
 */
export class JsonReader {
  readonly problems: Problem[] = [];

  /** Null, and a problem: it is no object. */
  object(value: unknown, path: string): JsonObject | null {
    // Narrowed to an object without prototype surprises: members are only asked for by fixed names.
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
    this.refuse(path, value, 'an object');
    return null;
  }

  /** Empty where it is missing. */
  list(value: unknown, path: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.refuse(path, value, 'a list');
    return [];
  }

  strings(value: unknown, path: string): readonly string[] {
    const list = this.list(value, path);
    for (let index = 0; index < list.length; index++) {
      if (typeof list[index] !== 'string') this.refuse(`${path}[${index}]`, list[index], 'a string');
    }
    // Where one is none, there is a problem, and nothing of the document is used.
    return list as readonly string[];
  }

  /** Null where it is missing. */
  optionalString(value: unknown, path: string): string | null {
    if (value === undefined || value === null) return null;
    if (typeof value === 'string') return value;
    this.refuse(path, value, 'a string');
    return null;
  }

  /** Empty, and a problem, where it is missing or empty. */
  string(value: unknown, path: string): string {
    const text = value === null || value === undefined ? '' : this.optionalString(value, path);
    if (text === '') this.note(path, value === '' ? 'is empty' : 'is missing');
    return text ?? '';
  }

  /** RFC 3339; null where it is missing. */
  optionalInstant(value: unknown, path: string): Instant | null {
    const text = this.optionalString(value, path);
    if (text === null) return null;
    const at = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(at)) return at;
    this.note(path, `${JSON.stringify(text.slice(0, 40))} is no time of RFC 3339`);
    return null;
  }

  instant(value: unknown, path: string): Instant {
    const at = this.optionalInstant(value, path);
    if (at === null && (value === undefined || value === null)) this.note(path, 'is missing');
    return at ?? 0;
  }

  note(path: string, problem: string): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push({ path, problem });
  }

  refuse(path: string, value: unknown, wanted: string): void {
    this.note(
      path,
      value === undefined || value === null ? 'is missing' : `is ${kindOf(value)}, not ${wanted}`,
    );
  }
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
