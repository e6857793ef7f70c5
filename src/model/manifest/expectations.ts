import { z } from 'zod';

/**
 * In these schemas every message is the expectation itself, a phrase that fits "expected …": whoever reports a
 * problem adds the place, what was found instead and a suggestion.
 */

/** A map with these keys and no others. */
export function closed<S extends z.core.$ZodShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === UNKNOWN_KEYS ? keys : `a map (${keys})`),
  });
}

/** The keys that would have been right, from an issue of {@link closed}; null for any other issue. */
export function knownKeys(issue: {
  readonly code: string;
  readonly message: string;
}): readonly string[] | null {
  return issue.code === UNKNOWN_KEYS ? issue.message.split(', ') : null;
}

/** One, or a list of them. */
export function oneOrMany<T extends z.ZodType>(item: T): z.ZodPreprocess<z.ZodArray<T>> {
  return z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item));
}

/** A map whose keys are names that people chose; nothing stands for an empty one. */
export function named<T extends z.ZodType>(value: T, key: z.ZodString = name) {
  return z.preprocess((map) => map ?? {}, z.record(key, value, { error: 'a map of names' }));
}

/** A list; nothing stands for an empty one. */
export function listed<T extends z.ZodType>(item: T, expected: string) {
  return z.preprocess((list) => list ?? [], z.array(item, { error: expected }));
}

export function text(expected: string): z.ZodString {
  return z.string({ error: expected }).min(1, { error: expected }).max(TEXT_LENGTH_MAX, { error: expected });
}

/** Longer than any label, path or name that a kernel or an engine has: 4,096 is Linux's PATH_MAX. */
const TEXT_LENGTH_MAX = 4096;

const UNKNOWN_KEYS = 'unrecognized_keys';

const NAME = 'a name without slashes and control characters';

/** A part of an id, and of a line on a terminal: hence no slash, no control character, no text turned around. */
export const name = text(NAME).regex(/^(?! )[^/\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+(?<! )$/u, { error: NAME });
