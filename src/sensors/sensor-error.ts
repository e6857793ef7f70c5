import { SheerError, type ErrorCode, type SheerErrorOptions } from '#model';

/**
 * A sensor could not look: `invalid-input` for foreign bytes that are broken, `too-large` for a limit
 * that they reached, `not-found` for what is not there, `sensor-failed` where the sensor or its source
 * failed.
 */
export class SensorError extends SheerError {
  override readonly name = 'SensorError';

  constructor(
    code: Extract<ErrorCode, 'invalid-input' | 'too-large' | 'sensor-failed' | 'not-found'>,
    message: string,
    options: SheerErrorOptions = {},
  ) {
    super(code, message, options);
  }
}
