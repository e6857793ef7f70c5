export type { FlowSensor, SensorCapabilities, SensorProbe } from './sensor.ts';
