export type { FlowSensor, SensorCapabilities, SensorProbe } from './sensor.ts';
export { createTcpSensor, type TcpSensorOptions } from './tcp/tcp-sensor.ts';
export { createSocketsSensor } from './sockets/sockets-sensor.ts';
export type { SocketsSensorOptions } from './sockets/sockets-sensor.ts';
export { createConntrackSensor, type ConntrackSensorOptions } from './conntrack/conntrack-sensor.ts';
export * from './flow-logs/index.ts';
