/** What went wrong, in words that never change: code → HTTP status → exit code. */
export const ERROR_CODES = {
  'invalid-input': { status: 400, exit: 2 },
  'not-signed-in': { status: 401, exit: 4 },
  'host-refused': { status: 403, exit: 4 },
  'not-permitted': { status: 403, exit: 4 },
  'not-capable': { status: 422, exit: 4 },
  'not-found': { status: 404, exit: 3 },
  'too-large': { status: 413, exit: 2 },
  'too-many-requests': { status: 429, exit: 1 },
  'state-in-use': { status: 409, exit: 1 },
  'state-unusable': { status: 500, exit: 1 },
  'record-broken': { status: 500, exit: 1 },
  'engine-unreachable': { status: 502, exit: 1 },
  'engine-answer': { status: 502, exit: 1 },
  'sensor-failed': { status: 502, exit: 1 },
  'control-plane-unreachable': { status: 503, exit: 5 },
  internal: { status: 500, exit: 1 },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What a loop does with an error: try again, wait for a condition, or leave it to a person. */
export type Remedy = 'retry' | 'wait' | 'stalled';

export interface SheerErrorOptions {
  readonly cause?: unknown;
  /** The next command or step for the person who reads this; a full sentence or a command. */
  readonly next?: string;
  readonly remedy?: Remedy;
  /** Further lines under the message: an excerpt of a file, candidates. */
  readonly detail?: readonly string[];
}

/**
 * The base of every module's error class. The message is written for users: what is wrong, with
 * names, without internals.
 */
export class SheerError extends Error {
  override readonly name: string = 'SheerError';
  readonly code: ErrorCode;
  readonly next: string | null;
  readonly remedy: Remedy;
  readonly detail: readonly string[];

  constructor(code: ErrorCode, message: string, options: SheerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = options.next ?? null;
    this.remedy = options.remedy ?? 'stalled';
    this.detail = options.detail ?? [];
  }
}
