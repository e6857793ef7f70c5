import { closest, parseTime } from '#model';
import type { Instant } from '#model';
import { z } from 'zod';
import { ServerError } from './errors.ts';

/** Strict: what it does not name is refused. */
export type QuerySchema = z.ZodObject<z.ZodRawShape, z.core.$strict>;

/** A time as people write it; read with the server's clock. */
export const timeParameter = z
  .string()
  .describe('RFC 3339, or `02:13`, `yesterday 02:13`, `5m` (five minutes ago), Unix seconds; UTC');

/** Null when none was given. */
export function instantOf(text: string | undefined, now: Instant): Instant | null {
  return text === undefined ? null : parseTime(text, now);
}

export const vulnerabilityId = z
  .string()
  .min(1)
  .max(500)
  .describe('an id of a vulnerability: `CVE-…`, `GHSA-…`, or of an advisory');

export function integerParameter(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().int().min(minimum).max(maximum));
}

export const flagParameter = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .pipe(z.boolean());

/**
 * Reads the query by its schema.
 *
 * @throws ServerError `invalid-input`: an unknown key (with the one that was probably meant), a key
 * that stands twice, a wrong value.
 */
export function parseQuery<Query extends QuerySchema>(
  schema: Query,
  search: URLSearchParams,
): z.output<Query> {
  const given: Record<string, string> = {};
  const known = Object.keys(schema.shape);
  for (const [key, value] of search) {
    if (!known.includes(key)) throw unknownKey(key, known);
    if (key in given) throw new ServerError('invalid-input', `query: "${key}" stands there twice`);
    given[key] = value;
  }
  const parsed = z.safeParse(schema, given);
  if (!parsed.success) throw new ServerError('invalid-input', `query: ${firstIssue(parsed.error)}`);
  return parsed.data;
}

/** The first thing that is wrong, with its path: `files[0].name: expected string`. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'is not valid';
  const path = issue.path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('');
  const message = issue.message.replace(/^Invalid input: /, '');
  return path === '' ? message : `${path.replace(/^\./, '')}: ${message}`;
}

function unknownKey(key: string, known: readonly string[]): ServerError {
  const meant = closest(key, known);
  const hint = meant === null ? '' : ` (did you mean "${meant}"?)`;
  const next = known.length === 0 ? 'this path takes no query' : `it takes: ${known.join(', ')}`;
  return new ServerError('invalid-input', `query: there is no "${key}"${hint}`, { next });
}
