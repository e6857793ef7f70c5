export { AMBIGUOUS, NO_HOLDER, type Holding } from './address-book.ts';
export type { InstanceView } from './derive/instance-view.ts';
export {
  compileDeclaredServices,
  deriveService,
  type Declared,
  type DerivedService,
  type ServiceConflict,
} from './derive/service.ts';
export {
  suggestDeclarations,
  type ObservedCall,
  type ObservedExternal,
  type ObservedService,
} from './derive/suggest.ts';
export { Graph, GRAPH_FORMAT } from './graph.ts';
export { Locator, type ExternalNamer, type Located, type LocatorOptions, type Place } from './locate.ts';
export { forgettingPast } from './window.ts';
export { Names, type NamedInstance } from './names.ts';
export { current, history, lastRunBefore, LATEST, type HistoryRow, type Statement } from './statements.ts';
