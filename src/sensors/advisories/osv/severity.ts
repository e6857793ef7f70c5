import type { Severity } from '#model';
import { baseScore, type BaseScore } from '../cvss/base-score.ts';
import type { JsonObject, JsonReader } from '../json-reader.ts';

export interface RatedSeverity {
  readonly severity: Severity;
  /** Of the newest CVSS version that the record has; of several vectors the highest. */
  readonly score: number | null;
}

/**
 * How severe a record is: by its CVSS vector; else in the word of its database (`database_specific`), of
 * Ubuntu's priority or of Debian's urgency; else unknown. A vector that is none is passed over.
 */
export function severityOf(reader: JsonReader, record: JsonObject): RatedSeverity {
  const entries = affectedOf(record);
  const ratings = [
    ...ratingsOf(reader, record, '$'),
    ...entries.flatMap((entry, index) => ratingsOf(reader, entry, `$.affected[${index}]`)),
  ];
  const best = ratings
    .flatMap(({ score }) => baseScore(score) ?? [])
    .reduce<BaseScore | null>(newerOrHigher, null);
  if (best !== null) return { severity: severityOfScore(best), score: best.score };
  const words = [
    membersOf(record['database_specific'])['severity'],
    ...ratings.filter(({ type }) => type === 'Ubuntu').map(({ score }) => score),
    ...entries.flatMap(wordsOf),
  ];
  const known = words.flatMap((word) =>
    typeof word === 'string' ? (WORDS.get(word.toLowerCase()) ?? []) : [],
  );
  return { severity: mostSevere(known), score: null };
}

interface Rating {
  readonly type: string;
  readonly score: string;
}

function ratingsOf(reader: JsonReader, value: JsonObject, path: string): readonly Rating[] {
  if (value['severity'] === undefined) return [];
  return reader.list(value['severity'], `${path}.severity`).flatMap((rating, index) => {
    const read = reader.object(rating, `${path}.severity[${index}]`);
    if (read === null) return [];
    const score = reader.optionalString(read['score'], `${path}.severity[${index}].score`);
    const type = reader.optionalString(read['type'], `${path}.severity[${index}].type`);
    return score === null || type === null ? [] : [{ type, score }];
  });
}

function newerOrHigher(best: BaseScore | null, each: BaseScore): BaseScore {
  if (best === null || each.version > best.version) return each;
  return each.version === best.version && each.score > best.score ? each : best;
}

/** The rating scale of CVSS 3 and 4; CVSS 2 as the National Vulnerability Database rates it. */
function severityOfScore({ version, score }: BaseScore): Severity {
  if (score >= 9 && version >= 3) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

/** What GitHub, Red Hat, Ubuntu and Debian say. */
const WORDS: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['moderate', 'medium'],
  ['medium', 'medium'],
  ['low', 'low'],
  ['negligible', 'low'],
  ['unimportant', 'low'],
]);

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

function mostSevere(known: readonly Severity[]): Severity {
  return SEVERITIES.find((severity) => known.includes(severity)) ?? 'unknown';
}

/** What is no object there is reported by whoever reads the entries. */
function affectedOf(record: JsonObject): readonly JsonObject[] {
  return Array.isArray(record['affected']) ? record['affected'].map(membersOf) : [];
}

function wordsOf(entry: JsonObject): readonly unknown[] {
  const ecosystem = membersOf(entry['ecosystem_specific']);
  return [
    membersOf(entry['database_specific'])['severity'],
    ecosystem['severity'],
    ecosystem['ubuntu_priority'],
    ecosystem['urgency'],
  ];
}

function membersOf(value: unknown): JsonObject {
  // Any object will do: a member that is not there is undefined.
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}
