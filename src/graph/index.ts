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
export type { BaseClaim, BaseEdge, BaseKnowledge } from './image-tree/base-of.ts';
export type { CopyEdge } from './image-tree/copies-from.ts';
export { buildImageTree, type ImageNode, type ImageTree, type TreeImage } from './image-tree/image-tree.ts';
export { packageOrigin, type PackageOrigin } from './image-tree/package-origin.ts';
export { Locator, type ExternalNamer, type Located, type LocatorOptions, type Place } from './locate.ts';
export { forgettingPast } from './window.ts';
export { Names, type NamedInstance } from './names.ts';
export {
  PackageIndex,
  type HeldPackage,
  type HeldRun,
  type PackageHolders,
  type PackageQuestion,
} from './package-index/package-index.ts';
export type { PackageEntry } from './package-index/package-table.ts';
export {
  current,
  history,
  lastRunBefore,
  everSaid,
  lastStatement,
  LATEST,
  type HistoryRow,
  type Statement,
} from './statements.ts';
