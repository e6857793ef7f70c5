import type { Clock } from '#model';
import { createConntrackSensor, createSocketsSensor, createTcpSensor, type FlowSensor } from '#sensors';

/** All flow sensors, the best first. Which of them are permitted here shows when they are probed. */
export function chooseSensors(options: {
  readonly node: string;
  readonly clock: Clock;
}): readonly FlowSensor[] {
  return [createTcpSensor(options), createConntrackSensor(options), createSocketsSensor(options)];
}
