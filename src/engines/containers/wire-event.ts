import type { Instant } from '#model';
import { containerIdOf, numberOf, recordOf, textOf, type WireRecord } from './wire-value.ts';

/** What the engine did with a container. */
export type ContainerAction =
  | 'create'
  | 'start'
  | 'die'
  | 'pause'
  | 'unpause'
  | 'rename'
  | 'connect'
  | 'disconnect'
  | 'remove';

/** A network, as Docker's events name it. */
export interface EventNetwork {
  readonly id: string;
  readonly name: string;
}

export interface ContainerEvent {
  readonly kind: 'container';
  readonly action: ContainerAction;
  readonly id: string;
  /** The event's own time. */
  readonly at: Instant;
  readonly name: string;
  readonly imageName: string;
  readonly labels: WireRecord;
  /** Of `connect` and `disconnect`, where the engine says it. */
  readonly network?: EventNetwork;
}

/** Images came, went, or are called otherwise. */
export interface ImageEvent {
  readonly kind: 'image';
  readonly at: Instant;
}

export type EngineEvent = ContainerEvent | ImageEvent | { readonly kind: 'other' };

const ACTIONS: Readonly<Record<string, ContainerAction>> = {
  create: 'create',
  start: 'start',
  die: 'die',
  died: 'die',
  pause: 'pause',
  unpause: 'unpause',
  rename: 'rename',
  destroy: 'remove',
  remove: 'remove',
};

/** One line of `GET /events`; null when that is no event. */
export function parseEvent(line: string): EngineEvent | null {
  let event: WireRecord;
  try {
    event = recordOf(JSON.parse(line));
  } catch {
    return null;
  }
  const at = timeOf(event);
  const type = textOf(event['Type']);
  if (at === null || type === '') return null;
  if (type === 'image') return { kind: 'image', at };
  if (type === 'network') return networkEvent(event, at);
  return type === 'container' ? containerEvent(event, at) : { kind: 'other' };
}

function timeOf(event: WireRecord): Instant | null {
  const nanoseconds = numberOf(event['timeNano']);
  if (nanoseconds !== null && nanoseconds > 0) return nanoseconds / 1e6;
  const seconds = numberOf(event['time']);
  return seconds === null ? null : seconds * 1000;
}

function containerEvent(event: WireRecord, at: Instant): EngineEvent {
  const actor = recordOf(event['Actor']);
  const attributes = recordOf(actor['Attributes']);
  const id = containerIdOf(actor['ID']);
  const action = ACTIONS[textOf(event['Action'])];
  if (id === null || action === undefined) return { kind: 'other' };
  return {
    kind: 'container',
    action,
    id,
    at,
    name: textOf(attributes['name']),
    imageName: textOf(attributes['image']),
    // Docker and Podman both list a container's labels among the attributes.
    labels: attributes,
  };
}

/** Podman names the container as the actor; Docker names the network, and the container beside it. */
function networkEvent(event: WireRecord, at: Instant): EngineEvent {
  const actor = recordOf(event['Actor']);
  const attributes = recordOf(actor['Attributes']);
  const container = containerIdOf(attributes['container']);
  const id = container ?? containerIdOf(actor['ID']);
  const action = textOf(event['Action']);
  if (id === null || (action !== 'connect' && action !== 'disconnect')) return { kind: 'other' };
  const network = container === null ? null : containerIdOf(actor['ID']);
  return {
    kind: 'container',
    action,
    id,
    at,
    name: '',
    imageName: '',
    labels: {},
    ...(network === null ? {} : { network: { id: network, name: textOf(attributes['name']) } }),
  };
}
