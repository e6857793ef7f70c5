import type { AddressData, CallData } from './subject.ts';

/** Containers are known by the engine's own full id. */
export const containerInstanceId = (id: string): string => `container/${id}`;

/**
 * A pid alone is reused; with the start time (in clock ticks since boot, `/proc/PID/stat` field 22)
 * and the boot it is unique. The pid stands in the id, readable.
 */
export const processInstanceId = (bootId: string, pid: number, startTicks: number): string =>
  `process/${bootId.slice(0, 8)}/${pid}/${startTicks}`;

/** Null: not a process of its own. */
export function startTicksOf(instance: string): number | null {
  const ticks = /^process\/[^/]*\/\d+\/(\d+)$/.exec(instance)?.[1];
  return ticks === undefined ? null : Number(ticks);
}

export const addressId = (address: AddressData): string =>
  `${address.scope} ${address.ip}${address.port === null ? '' : ` ${address.protocol ?? ''}/${address.port}`} ${address.holder.kind}:${address.holder.id}`;

/** The protocol stands in it where it is not TCP: DNS is called on `53` and on `53/udp`. */
export const callId = (call: CallData): string =>
  `${call.from}>${call.to}:${call.port ?? '*'}${call.protocol === 'tcp' ? '' : `/${call.protocol}`}`;

/** `environment/application/name` */
export const serviceId = (environment: string, application: string, name: string): string =>
  `${environment}/${application}/${name}`;

/** Where nobody says which application or environment something belongs to. */
export const DEFAULT_APPLICATION = 'default';
export const DEFAULT_ENVIRONMENT = 'default';
