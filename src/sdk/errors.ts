import type { ErrorAnswer, ErrorCode } from '#model';

/**
 * What the control plane answered instead, or that it did not answer. It has the fields of the
 * model's SheerError, but none of its code, because the client also runs in browsers.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  /** From a control plane of a later version it may be one that is not known here. */
  readonly code: ErrorCode;
  readonly detail: readonly string[];
  readonly next: string | null;

  constructor(code: ErrorCode, message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = options.detail ?? [];
    this.next = options.next ?? null;
  }
}

/** As the control plane said it. */
export function errorOfAnswer({ code, message, detail, next }: ErrorAnswer['error']): ClientError {
  // The control plane only has codes of the model.
  return new ClientError(code as ErrorCode, message, { detail, next });
}

export interface ClientErrorOptions {
  readonly cause?: unknown;
  readonly detail?: readonly string[];
  readonly next?: string | null;
}
