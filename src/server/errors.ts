import { ERROR_CODES, SheerError } from '#model';
import type { ErrorAnswer } from '#model';

/** What the HTTP API itself refuses. */
export class ServerError extends SheerError {
  override readonly name = 'ServerError';
}

/** What a client gets for anything that was thrown. */
export interface ErrorReply {
  readonly status: number;
  readonly answer: ErrorAnswer;
  /** Whether it was thrown on purpose; if not, the message says nothing of what happened inside. */
  readonly expected: boolean;
}

/**
 * Errors on purpose are shown as they are; any other only under an id, which is logged beside the
 * error (house rule: internals never reach users).
 */
export function errorReply(error: unknown, newId: () => string): ErrorReply & { readonly id: string | null } {
  if (error instanceof SheerError && error.code !== 'internal') {
    const { code, message, detail, next } = error;
    return {
      status: ERROR_CODES[code].status,
      answer: { error: { code, message, detail: [...detail], next } },
      expected: true,
      id: null,
    };
  }
  const id = newId();
  const message = `something went wrong inside of the control plane (${id})`;
  const next = `look for ${id} in the log of the control plane`;
  return {
    status: 500,
    answer: { error: { code: 'internal', message, detail: [], next } },
    expected: false,
    id,
  };
}
