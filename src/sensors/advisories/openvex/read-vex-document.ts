import type { Instant } from '#model';
import { JsonReader, type JsonObject } from '../json-reader.ts';
import type { Reading } from '../problem.ts';

export interface VexDocument {
  /** Its `@id`. */
  readonly id: string;
  readonly author: string;
  readonly at: Instant;
  /** Tells its versions apart: a newer one has a greater version, or is of later. */
  readonly edition: { readonly version: number; readonly at: Instant };
  readonly statements: readonly VexStatement[];
}

export interface VexStatement {
  readonly vulnerability: string;
  readonly aliases: readonly string[];
  readonly products: readonly VexProduct[];
  readonly status: VexStatus;
  /** OpenVEX's word for why it is not affected; null: there is only {@link impact}. */
  readonly justification: VexJustification | null;
  /** The author's own words for the same. */
  readonly impact: string | null;
  /** What to do about it, where it is affected. */
  readonly action: string | null;
  /** The document's author. */
  readonly author: string;
  /** The statement's own time, or else its document's. */
  readonly at: Instant;
}

/** Something that can be named in many ways, each of which suffices. */
export interface VexComponent {
  /** Package URLs, CPEs and other identifiers. */
  readonly ids: readonly string[];
  /** `sha256:…` */
  readonly digests: readonly string[];
}

export interface VexProduct extends VexComponent {
  /** The statement is about these in the product; none: about the product as a whole. */
  readonly subcomponents: readonly VexComponent[];
}

const STATUSES = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const;
export type VexStatus = (typeof STATUSES)[number];

const JUSTIFICATIONS = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const;
export type VexJustification = (typeof JUSTIFICATIONS)[number];

/**
 * An OpenVEX document (0.2.0), parsed from JSON; older ones that name products and vulnerabilities by a
 * mere string are read as well. Unknown fields are passed over; what decides is as the specification
 * says, or the whole document is refused.
 */
export function readVexDocument(document: unknown): Reading<VexDocument> {
  const reader = new JsonReader();
  const value = reader.object(document, '$');
  if (value === null) return { kind: 'refused', problems: reader.problems };
  const id = reader.string(value['@id'], '$.@id');
  const author = reader.string(value['author'], '$.author');
  const at = reader.instant(value['timestamp'], '$.timestamp');
  const statements = reader.list(value['statements'], '$.statements');
  const updatedAt = reader.optionalInstant(value['last_updated'], '$.last_updated');
  const read: VexDocument = {
    id,
    author,
    at,
    edition: { version: versionOf(value['version']), at: updatedAt ?? at },
    statements: statements.flatMap(
      (statement, index) => readStatement(reader, statement, `$.statements[${index}]`, { author, at }) ?? [],
    ),
  };
  return reader.problems.length === 0
    ? { kind: 'read', value: read }
    : { kind: 'refused', problems: reader.problems };
}

/** Older documents write it as a string, and some leave it out. */
function versionOf(version: unknown): number {
  const isWritten = typeof version === 'number' || typeof version === 'string';
  const number = isWritten ? Number(version) : 0;
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}

function readStatement(
  reader: JsonReader,
  statement: unknown,
  path: string,
  document: { readonly author: string; readonly at: Instant },
): VexStatement | null {
  const value = reader.object(statement, path);
  if (value === null) return null;
  const { name, aliases } = readVulnerability(reader, value['vulnerability'], `${path}.vulnerability`);
  const products = reader
    .list(value['products'], `${path}.products`)
    .flatMap((product, index) => readProduct(reader, product, `${path}.products[${index}]`) ?? []);
  if (products.length === 0) reader.note(`${path}.products`, 'names no product');
  const justification = reader.optionalString(value['justification'], `${path}.justification`);
  const impact = reader.optionalString(value['impact_statement'], `${path}.impact_statement`);
  const status = oneOf(reader, value['status'] ?? '', `${path}.status`, STATUSES);
  if (status === 'not_affected' && !justification && !impact) {
    reader.note(path, 'says not_affected without a justification or an impact_statement');
  }
  return {
    vulnerability: name,
    aliases,
    products,
    status: status ?? 'under_investigation',
    justification: justification
      ? oneOf(reader, justification, `${path}.justification`, JUSTIFICATIONS)
      : null,
    impact: impact === '' ? null : impact,
    action: reader.optionalString(value['action_statement'], `${path}.action_statement`),
    author: document.author,
    at: reader.optionalInstant(value['timestamp'], `${path}.timestamp`) ?? document.at,
  };
}

function readVulnerability(
  reader: JsonReader,
  vulnerability: unknown,
  path: string,
): { readonly name: string; readonly aliases: readonly string[] } {
  if (typeof vulnerability === 'string') return { name: reader.string(vulnerability, path), aliases: [] };
  const value = reader.object(vulnerability, path);
  if (value === null) return { name: '', aliases: [] };
  return {
    name: reader.string(value['name'], `${path}.name`),
    aliases: reader.strings(value['aliases'], `${path}.aliases`),
  };
}

function readProduct(reader: JsonReader, product: unknown, path: string): VexProduct | null {
  const component = readComponent(reader, product, path);
  if (component === null) return null;
  const value: JsonObject = typeof product === 'string' ? {} : (reader.object(product, path) ?? {});
  const subcomponents = reader
    .list(value['subcomponents'], `${path}.subcomponents`)
    .flatMap((each, index) => readComponent(reader, each, `${path}.subcomponents[${index}]`) ?? []);
  return { ...component, subcomponents };
}

function readComponent(reader: JsonReader, component: unknown, path: string): VexComponent | null {
  if (typeof component === 'string') return { ids: [reader.string(component, path)], digests: [] };
  const value = reader.object(component, path);
  if (value === null) return null;
  const id = reader.optionalString(value['@id'], `${path}.@id`);
  const identifiers = readMap(reader, value['identifiers'], `${path}.identifiers`);
  const hashes = readMap(reader, value['hashes'], `${path}.hashes`);
  const ids = new Set([id ?? '', ...identifiers.map(([, identifier]) => identifier)]);
  ids.delete('');
  const digests = hashes.map(
    ([algorithm, digest]) => `${algorithm.toLowerCase().replace('-', '')}:${digest.toLowerCase()}`,
  );
  if (ids.size + digests.length === 0) reader.note(path, 'has neither @id nor identifiers nor hashes');
  return { ids: [...ids], digests };
}

function readMap(reader: JsonReader, map: unknown, path: string): readonly (readonly [string, string])[] {
  if (map === undefined || map === null) return [];
  return Object.entries(reader.object(map, path) ?? {}).map(
    ([key, value]) => [key, reader.string(value, `${path}.${key}`)] as const,
  );
}

function oneOf<Word extends string>(
  reader: JsonReader,
  value: unknown,
  path: string,
  words: readonly Word[],
): Word | null {
  const word = words.find((each) => each === value);
  if (word === undefined)
    reader.note(path, `${JSON.stringify(value).slice(0, 60)} is none of ${words.join(', ')}`);
  return word ?? null;
}
