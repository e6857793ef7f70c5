export type { Engine, EngineCapabilities, WitnessedProcess } from './engine.ts';
export { createProcessesEngine } from './processes/processes-engine.ts';
export type { ProcessesEngineOptions } from './processes/processes-engine.ts';
export { createContainersEngine } from './containers/containers-engine.ts';
export type { ContainersEngineOptions } from './containers/containers-engine.ts';
export { findContainerSockets } from './containers/sockets.ts';
export type { ContainerSocket } from './containers/sockets.ts';
