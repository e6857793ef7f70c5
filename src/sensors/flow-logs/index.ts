export type { AddressQuestions, AddressResolver } from './address-resolver.ts';
export type { FlowLogEnd, FlowLogLine } from './flow-batch.ts';
export { FLOW_LOG_FORMATS, type FlowLogDescription } from './flow-log-formats.ts';
export type { FlowLogSummary, LineProblem } from './flow-log-counters.ts';
export {
  FlowLogReader,
  type FlowLogFormat,
  type FlowLogReaderOptions,
  type Pushed,
} from './flow-log-reader.ts';
export type { FlowLogRow } from './flow-table.ts';
export { type EndName, namedLine } from './named-line.ts';
