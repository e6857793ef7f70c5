export type { VexComponent, VexDocument, VexProduct, VexStatement } from './openvex/read-vex-document.ts';
export { parseAdvisory } from './osv/parse-advisory.ts';
export type { Problem, Reading } from './problem.ts';
export { readRecords, type ReadCounts, type ReadRecordsOptions, type RecordSink } from './read-records.ts';
export { openSource, type OpenedSource, type OpenSourceOptions } from './sources/open-source.ts';
