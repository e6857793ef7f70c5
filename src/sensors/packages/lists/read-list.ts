import { SensorError } from '../../sensor-error.ts';
import { readCycloneDx } from './cyclonedx.ts';
import { isObject, objects, text, type JsonObject } from '../json-value.ts';
import type { ListDocument } from './list-document.ts';
import { readSpdx } from './spdx.ts';

/** A statement in an envelope, and a list in the statement. */
const WRAPPINGS_MAX = 4;

/**
 * A list of packages: CycloneDX 1.4 to 1.7 or SPDX 2.3 as JSON, by itself, in an in-toto statement (as
 * BuildKit attaches it to an image), or in a DSSE envelope, whose signature is not verified here.
 *
 * @throws SensorError `invalid-input` with the path in the document, `too-large`
 */
export function readList(bytes: Buffer): ListDocument {
  return unwrap(parse(bytes.toString('utf8')), [], 0);
}

function unwrap(value: JsonObject, subjects: readonly string[], depth: number): ListDocument {
  if (depth > WRAPPINGS_MAX) throw new SensorError('invalid-input', 'the list is wrapped too often');
  if (value['bomFormat'] === 'CycloneDX') return about(readCycloneDx(value), subjects);
  if (value['spdxVersion'] !== undefined) return about(readSpdx(value), subjects);
  const wrapped = wrappedIn(value, depth);
  if (wrapped === null) throw unknownList(value);
  return unwrap(wrapped, [...subjects, ...subjectsOf(value)], depth + 1);
}

/** Null: nothing is. */
function wrappedIn(value: JsonObject, depth: number): JsonObject | null {
  const payload = text(value['payload']);
  if (payload !== null && value['payloadType'] !== undefined) {
    return parse(Buffer.from(payload, 'base64').toString('utf8'));
  }
  const isStatement = (text(value['_type']) ?? '').startsWith('https://in-toto.io/Statement/');
  if (isStatement && isObject(value['predicate'])) return value['predicate'];
  // Cosign puts a predicate that it was given as a file under `Data`.
  const data = depth > 0 ? value['Data'] : undefined;
  if (data === undefined) return null;
  return isObject(data) ? data : parse(text(data) ?? '');
}

function unknownList(value: JsonObject): SensorError {
  const isNewer = text(value['@context'])?.includes('spdx.org/rdf/3') === true;
  return new SensorError(
    'invalid-input',
    isNewer
      ? 'SPDX 3 is not read here; SPDX 2.3 is'
      : 'this is no list of packages that is known here: neither CycloneDX nor SPDX',
  );
}

function subjectsOf(statement: JsonObject): readonly string[] {
  return objects(statement['subject']).flatMap((subject) => {
    const digest = isObject(subject['digest']) ? text(subject['digest']['sha256']) : null;
    return digest !== null && /^[0-9a-f]{64}$/.test(digest) ? [`sha256:${digest}`] : [];
  });
}

/** What the statement says that it is about comes first: that is what was signed. */
function about(document: ListDocument, subjects: readonly string[]): ListDocument {
  return { ...document, subjects: [...new Set([...subjects, ...document.subjects])] };
}

function parse(json: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new SensorError('invalid-input', 'the list is not JSON', { cause });
  }
  if (!isObject(value)) throw new SensorError('invalid-input', 'the list is no JSON object');
  return value;
}
