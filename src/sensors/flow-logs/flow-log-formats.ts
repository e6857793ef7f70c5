import type { FlowVerdict } from '#model';
import type { FlowLogFormat } from './flow-log-reader.ts';

/** A format of flow logs, and what its lines can say. */
export interface FlowLogDescription {
  /** As `flows import --format` takes it. */
  readonly id: FlowLogFormat;
  readonly capabilities: {
    /** Which files, in words. */
    readonly reads: string;
    /** How exactly a line says when its connection was opened. */
    readonly times: string;
    readonly connections: string;
    readonly bytes: string;
    readonly verdicts: readonly FlowVerdict[];
    /** Whether it says where a translated address leads. */
    readonly translation: boolean;
  };
}

/** In the order in which people read of them. */
export const FLOW_LOG_FORMATS: readonly FlowLogDescription[] = [
  {
    id: 'vpc',
    capabilities: {
      reads: 'version 2, or a header line',
      times: 'to the second',
      connections: 'one per record of the client',
      bytes: 'where its fields have them',
      verdicts: ['established', 'blocked'],
      translation: false,
    },
  },
  {
    id: 'zeek',
    capabilities: {
      reads: 'conn.log, tabs or JSON',
      times: 'to the microsecond',
      connections: 'every line',
      bytes: 'payload of both directions',
      verdicts: ['established', 'refused', 'unanswered'],
      translation: false,
    },
  },
  {
    id: 'conntrack',
    capabilities: {
      reads: 'conntrack -E or -L with -o extended',
      times: 'to the microsecond; -L has none',
      connections: 'every new entry',
      bytes: 'where counted; in -E with delta-time',
      verdicts: ['established', 'unanswered'],
      translation: true,
    },
  },
];
