import type { CapabilityAnswer } from '#model';
import type { Engine } from '#engines';
import type { FlowLogDescription, FlowSensor } from '#sensors';

/** Engine × feature, sensor × feature and format × feature, from what they declare of themselves. */
export function capabilityMatrix(
  engines: readonly Pick<Engine, 'id' | 'capabilities'>[],
  sensors: readonly Pick<FlowSensor, 'id' | 'capabilities'>[],
  formats: readonly FlowLogDescription[],
): readonly CapabilityAnswer[] {
  return [...rows('engine', engines), ...rows('sensor', sensors), ...rows('format', formats)];
}

function rows(
  kind: CapabilityAnswer['kind'],
  sources: readonly { readonly id: string; readonly capabilities: object }[],
): readonly CapabilityAnswer[] {
  return sources.map(({ id, capabilities }) => ({ source: id, kind, features: inWords(capabilities) }));
}

function inWords(capabilities: object): Record<string, string> {
  return Object.fromEntries(Object.entries(capabilities).map(([name, value]) => [name, word(value)]));
}

function word(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null) return '–';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
