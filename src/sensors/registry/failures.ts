import { SensorError } from '../sensor-error.ts';

/** The registry does not have it. */
export const absent = (what: string): SensorError =>
  new SensorError('not-found', `the registry does not have ${what}`);

/** It can't be reached, broke off, or failed by itself: worth another try. */
export const unreachable = (host: string, problem: string, cause?: unknown): SensorError =>
  new SensorError('sensor-failed', `the registry at ${host} ${problem}`, {
    cause,
    remedy: 'retry',
    next: 'it is tried again by itself',
  });

/** Whether the same question may be answered in a moment. */
export const mayPass = (error: unknown): boolean => error instanceof SensorError && error.remedy === 'retry';

/** It answers, and what it says can't be right. */
export const lying = (host: string, problem: string, cause?: unknown): SensorError =>
  new SensorError('sensor-failed', `the registry at ${host} ${problem}`, {
    cause,
    remedy: 'stalled',
    next: 'nothing of it was used; push the image again, or look at what stands between here and the registry',
  });

export const denied = (host: string, what: string, next: string): SensorError =>
  new SensorError('sensor-failed', `the registry at ${host} does not let us read ${what}`, {
    remedy: 'stalled',
    next,
  });

export const distrusted = (host: string, cause: Error): SensorError =>
  new SensorError('sensor-failed', `the certificate of ${host} is not trusted: ${cause.message}`, {
    cause,
    remedy: 'stalled',
    next: `put the certificate of its authority into /etc/containers/certs.d/${host}/ca.crt`,
  });

export const unencrypted = (host: string, cause: Error): SensorError =>
  new SensorError('sensor-failed', `the registry at ${host} does not speak TLS`, {
    cause,
    remedy: 'stalled',
    next: `if its network is trusted: sheer up --insecure-registry ${host}`,
  });

export const refusedTarget = (problem: string, next: string): SensorError =>
  new SensorError('sensor-failed', problem, { remedy: 'stalled', next });

export const tooLarge = (host: string, what: string): SensorError =>
  new SensorError('too-large', `${what} from the registry at ${host} is larger than is allowed`, {
    remedy: 'stalled',
  });
