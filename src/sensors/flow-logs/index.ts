export type { AddressQuestions, AddressResolver } from './address-resolver.ts';
export { decompressed } from './decompressed.ts';
export type { FlowLogEnd, FlowLogLine } from './flow-batch.ts';
export type { FlowLogSummary, LineProblem } from './flow-log-counters.ts';
export { FlowLogError } from './flow-log-error.ts';
export {
  FLOW_LOG_FORMATS,
  FlowLogReader,
  MAX_LINE_BYTES,
  type FlowLogFormat,
  type FlowLogReaderOptions,
  type Pushed,
} from './flow-log-reader.ts';
export type { FlowLogRow } from './flow-table.ts';
export { type EndName, namedLine } from './named-line.ts';
