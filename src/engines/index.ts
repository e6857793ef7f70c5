export type { Engine, EngineCapabilities, WitnessedProcess } from './engine.ts';
export { createProcessesEngine } from './processes/processes-engine.ts';
export type { ProcessesEngineOptions } from './processes/processes-engine.ts';
