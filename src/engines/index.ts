export type { Engine, EngineCapabilities, WitnessedProcess } from './engine.ts';
