export { AMBIGUOUS, NO_HOLDER, AddressBook, type Holding } from './address-book.ts';
export { AddressIndex } from './address-index.ts';
export { FactTable, type Stream } from './fact-table.ts';
export { Graph, GRAPH_FORMAT } from './graph.ts';
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
