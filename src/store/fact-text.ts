import type { Fact, NewFact, StoredFact } from '#model';

const DATA = ',"data":';

/** The payload of a record: the fact as JSON with its data last, so that the data can be found unread. */
export function payloadOf(fact: NewFact): string {
  if (fact.kind !== 'assert') return JSON.stringify(fact);
  const { data, ...about } = fact;
  return `${JSON.stringify(about).slice(0, -1)}${DATA}${JSON.stringify(data)}}`;
}

/**
 * The fact of a payload, its data unread where it stands last; of any other payload as a whole.
 * @throws SyntaxError when the payload is no JSON; unread data is not looked at.
 */
export function storedFactOf(payload: string, position: number): StoredFact {
  // A quote inside of a text is escaped, and only data has keys of people's choice: so the first one is it.
  const at = payload.indexOf(DATA);
  if (at < 0) return factOf(payload, position);
  // What `append` wrote was a NewFact, here without its data; the position completes it.
  const about = JSON.parse(`${payload.slice(0, at)}}`) as Partial<StoredFact>;
  const dataText = payload.slice(at + DATA.length, -1);
  const isWhole =
    about.kind === 'assert' &&
    about.subject !== undefined &&
    about.source !== undefined &&
    about.evidence !== undefined &&
    about.recordedAt !== undefined &&
    about.validFrom !== undefined &&
    // What else an assert may have, `validUntil` and `actor`, would end in a digit or a quote.
    dataText.endsWith('}');
  return isWhole ? Object.assign(about as StoredFact, { position, dataText }) : factOf(payload, position);
}

/** @throws SyntaxError when the payload is no JSON. */
export function factOf(payload: string, position: number): Fact {
  // What `append` wrote was a NewFact; the position completes it.
  return Object.assign(JSON.parse(payload) as Fact, { position });
}
