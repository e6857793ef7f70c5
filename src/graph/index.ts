export { AMBIGUOUS, NO_HOLDER, AddressBook, type Holding } from './address-book.ts';
export { AddressIndex } from './address-index.ts';
export { FactTable, type Stream } from './fact-table.ts';
export { Graph, GRAPH_FORMAT } from './graph.ts';
export { Locator, type ExternalNamer, type Located, type LocatorOptions, type Place } from './locate.ts';
export { Names, type NamedInstance } from './names.ts';
export {
  current,
  history,
  lastStatement,
  LATEST,
  runs,
  statement,
  statements,
  type HistoryRow,
  type Statement,
} from './statements.ts';
