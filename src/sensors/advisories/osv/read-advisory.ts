import type { Advisory, AffectedPackage, AffectedRange, RangeEvent } from '#model';
import { JsonReader } from '../json-reader.ts';
import type { Reading } from '../problem.ts';
import { severityOf } from './severity.ts';

/**
 * An OSV record (schema 1.7), parsed from JSON. Fields that are not used are not looked at, unknown ones
 * neither; what is used has to be what the schema says, or the whole record is refused. Contradictory
 * ranges are no such problem: the schema's evaluation gives them a meaning.
 */
export function readAdvisory(record: unknown): Reading<Advisory> {
  const reader = new JsonReader();
  const value = reader.object(record, '$');
  if (value === null) return { kind: 'refused', problems: reader.problems };
  const affected = reader
    .list(value['affected'], '$.affected')
    .flatMap((entry, index) => readAffected(reader, entry, `$.affected[${index}]`));
  const id = reader.string(value['id'], '$.id');
  if (id.length > ID_LENGTH_MAX) reader.note('$.id', `is longer than ${ID_LENGTH_MAX} characters`);
  const aliases = reader.strings(value['aliases'], '$.aliases');
  const upstream = reader.strings(value['upstream'], '$.upstream');
  const advisory: Advisory = {
    id,
    modified: reader.instant(value['modified'], '$.modified'),
    published: reader.optionalInstant(value['published'], '$.published'),
    withdrawn: reader.optionalInstant(value['withdrawn'], '$.withdrawn'),
    aliases: upstream.length === 0 ? aliases : [...new Set([...aliases, ...upstream])],
    summary: summaryOf(
      reader.optionalString(value['summary'], '$.summary'),
      reader.optionalString(value['details'], '$.details'),
    ),
    ...severityOf(reader, value),
    affected,
  };
  return reader.problems.length === 0
    ? { kind: 'read', value: advisory }
    : { kind: 'refused', problems: reader.problems };
}

/** The longest published ones have some 40. */
const ID_LENGTH_MAX = 256;
/** What the schema recommends for a summary. */
const SUMMARY_LENGTH = 120;

function summaryOf(summary: string | null, details: string | null): string {
  if (summary !== null && summary !== '') return summary;
  const [first = ''] = (details ?? '').slice(0, 2 * SUMMARY_LENGTH).split('\n', 1);
  return first.length <= SUMMARY_LENGTH ? first : `${first.slice(0, SUMMARY_LENGTH - 1).trimEnd()}…`;
}

/** Of one entry, for a match puts them in order at one go; published ones have some hundred. */
const EVENTS_MAX = 10_000;
/** The longest lists that are published have some ten thousand. */
const VERSIONS_MAX = 100_000;

/** None for an entry about commits alone, which names no package. */
function readAffected(reader: JsonReader, entry: unknown, path: string): readonly AffectedPackage[] {
  const value = reader.object(entry, path);
  if (value === null || value['package'] === undefined || value['package'] === null) return [];
  const named = reader.object(value['package'], `${path}.package`);
  const ranges = reader
    .list(value['ranges'], `${path}.ranges`)
    .flatMap((range, index) => readRange(reader, range, `${path}.ranges[${index}]`));
  const versions = reader.strings(value['versions'], `${path}.versions`);
  const events = ranges.reduce((sum, range) => sum + range.events.length, 0);
  if (events > EVENTS_MAX) reader.note(`${path}.ranges`, `have more than ${EVENTS_MAX} events`);
  if (versions.length > VERSIONS_MAX) reader.note(`${path}.versions`, `are more than ${VERSIONS_MAX}`);
  if (named === null) return [];
  const ecosystem = reader.string(named['ecosystem'], `${path}.package.ecosystem`);
  const name = reader.string(named['name'], `${path}.package.name`);
  return [{ ecosystem, name, ranges, versions }];
}

/** None for a range of commits. */
function readRange(reader: JsonReader, range: unknown, path: string): readonly AffectedRange[] {
  const value = reader.object(range, path);
  if (value === null || value['type'] === 'GIT') return [];
  const type = value['type'];
  if (type !== 'SEMVER' && type !== 'ECOSYSTEM') {
    const found =
      type === undefined
        ? 'is missing'
        : `${JSON.stringify(type).slice(0, 40)} is not SEMVER, ECOSYSTEM or GIT`;
    reader.note(`${path}.type`, found);
    return [];
  }
  const list = reader.list(value['events'], `${path}.events`);
  return [
    { type, events: list.flatMap((event, index) => readEvent(reader, event, `${path}.events[${index}]`)) },
  ];
}

const EVENTS = {
  introduced: 'introduced',
  fixed: 'fixed',
  last_affected: 'last-affected',
  limit: 'limit',
} as const;

function readEvent(reader: JsonReader, event: unknown, path: string): readonly RangeEvent[] {
  const value = reader.object(event, path);
  if (value === null) return [];
  let found: RangeEvent | null = null;
  for (const key of KEYS) {
    const version = value[key];
    if (version === undefined || version === null) continue;
    if (found !== null) reader.note(path, 'says more than one of introduced, fixed, last_affected and limit');
    found = { kind: EVENTS[key], version: reader.string(version, `${path}.${key}`) };
  }
  if (found === null) reader.note(path, 'says none of introduced, fixed, last_affected and limit');
  return found === null ? [] : [found];
}

const KEYS = ['introduced', 'fixed', 'last_affected', 'limit'] as const;
