import type { Evidence } from './evidence.ts';
import type { Slack, Subject } from './fact.ts';
import type { Instant } from './instant.ts';
import type { SourceData, SubjectData, SubjectKind } from './subject.ts';

interface Asserted<K extends SubjectKind> {
  readonly kind: 'assert';
  readonly subject: Subject<K>;
  readonly data: SubjectData[K];
  /** When it began to hold; as exact as the engine can say. */
  readonly validFrom: Instant;
  readonly evidence?: Evidence;
}

type DistributiveAssert<K> = K extends SubjectKind ? Asserted<K> : never;

/**
 * What an engine reports, in order. The recorder turns it into facts and drops what says nothing
 * new, so an engine may repeat itself.
 */
export type Observation =
  | DistributiveAssert<SubjectKind>
  | {
      readonly kind: 'end';
      readonly subject: Subject;
      readonly validFrom: Instant;
      readonly slack?: Slack;
    }
  /**
   * Everything that lives is asserted between the two marks; what the source asserted before and
   * does not repeat is gone: ended with slack from the last watermark to `at`.
   */
  | { readonly kind: 'snapshot-begin'; readonly at: Instant }
  | { readonly kind: 'snapshot-end'; readonly at: Instant }
  /** The feed was interrupted: changes may be missing. A new snapshot follows when it is back. */
  | { readonly kind: 'gap'; readonly at: Instant; readonly reason: string; readonly lost: number }
  /** What happened before `at` has all been reported. Also the feed's heartbeat. */
  | { readonly kind: 'watermark'; readonly at: Instant }
  | { readonly kind: 'state'; readonly data: SourceData };
