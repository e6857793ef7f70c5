/** Why an address can't be named. A closed list: every "unknown" has one of these (invariant 4). */
export type UnknownReason =
  /** No feed reports a gap then, and nobody held it. */
  | 'nobody-held-it'
  /** Before the first thing that the graph knows of this scope. */
  | 'before-observation-began'
  /** What was observed then has been dropped since, as retention says. */
  | 'no-longer-retained'
  /** A feed that could have known was interrupted then. */
  | 'feed-had-a-gap'
  /** The container was gone before its address could be read. */
  | 'gone-before-it-could-be-read'
  /** No such scope has ever been observed or declared. */
  | 'scope-not-observed'
  /** Later than the last moment that every feed has reported. */
  | 'pending';

export const UNKNOWN_REASONS: Readonly<Record<UnknownReason, string>> = {
  'nobody-held-it': 'no source has a gap in that time, so nobody held this address',
  'before-observation-began': 'that is before Sheerline began to observe this scope',
  'no-longer-retained': 'what was observed then is no longer kept',
  'feed-had-a-gap': 'a feed that could have known was interrupted then',
  'gone-before-it-could-be-read': 'the instance was gone before its address could be read',
  'scope-not-observed': 'nothing in this scope has been observed or declared',
  pending: 'not every feed has reported up to that moment yet',
};

/** `certain`: a source said so. `inferred`: the fold derived it, and the answer says how. */
export type Confidence = 'certain' | 'inferred';
