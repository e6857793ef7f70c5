import type { CapabilityAnswer } from '#model';
import type { Engine } from '#engines';
import type { FlowSensor } from '#sensors';

/** Engine × feature and sensor × feature, from what they declare of themselves. */
export function capabilityMatrix(
  engines: readonly Pick<Engine, 'id' | 'capabilities'>[],
  sensors: readonly Pick<FlowSensor, 'id' | 'capabilities'>[],
): readonly CapabilityAnswer[] {
  return [
    ...engines.map(({ id, capabilities }): CapabilityAnswer => ({
      source: id,
      kind: 'engine',
      features: inWords(capabilities),
    })),
    ...sensors.map(({ id, capabilities }): CapabilityAnswer => ({
      source: id,
      kind: 'sensor',
      features: inWords(capabilities),
    })),
  ];
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
