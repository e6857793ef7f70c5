export type { FlowSensor, SensorCapabilities, SensorProbe } from './sensor.ts';
export { createTcpSensor, type TcpSensorOptions } from './tcp/tcp-sensor.ts';
