import { SheerError } from '#model';

/** What the control plane answered instead, or that it did not answer. */
export class ClientError extends SheerError {
  override readonly name = 'ClientError';
}
