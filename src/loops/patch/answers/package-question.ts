import {
  normalisePackageUrl,
  osvPackageOf,
  parsePackageUrl,
  type PackageUrl,
  type VersionInterval,
} from '#model';
import type { PackageQuestion } from '#graph';
import { findEcosystem, parseEcosystem } from '#versions';
import { describes } from '../excuses/vex-products.ts';
import { canonicalName } from '../matching/canonical-name.ts';

/** A question about packages themselves: `pkg:npm/lodash@4.17.20`, `openssl@<3.0.12`, `Debian:12/openssl@>=3,<3.0.12`. */
export type AskedPackages =
  | { readonly kind: 'url'; readonly url: PackageUrl }
  | {
      readonly kind: 'range';
      /** Null: of whatever ecosystem. */
      readonly ecosystem: string | null;
      readonly name: string;
      readonly interval: VersionInterval;
    };

const EVERYTHING: VersionInterval = { from: null, fromInclusive: true, to: null, toInclusive: true };

/** Null: it is neither. */
export function parsePackageQuestion(text: string): AskedPackages | null {
  if (/^pkg:/i.test(text)) {
    const url = parsePackageUrl(text);
    return url === null ? null : { kind: 'url', url: normalisePackageUrl(url) };
  }
  // An image by its digest.
  if (/@sha(?:256|512):[0-9a-f]+$/i.test(text)) return null;
  // The last one: names of npm begin with one.
  const at = text.lastIndexOf('@');
  if (at <= 0) return null;
  const interval = parseRange(text.slice(at + 1));
  if (interval === null) return null;
  const { ecosystem, name } = splitEcosystem(text.slice(0, at));
  return name === '' ? null : { kind: 'range', ecosystem, name, interval };
}

/** @param held the ecosystems of what is held */
export function questionsAbout(asked: AskedPackages, held: Iterable<string>): readonly PackageQuestion[] {
  if (asked.kind === 'range') {
    const { name, interval } = asked;
    const ecosystems = asked.ecosystem === null ? new Set(Array.from(held, nameOf)) : [asked.ecosystem];
    return Array.from(ecosystems, (ecosystem) => ({
      ecosystem,
      name: canonicalName(nameOf(ecosystem), name),
      intervals: [interval],
      enumerated: [],
    }));
  }
  const known = osvPackageOf(asked.url);
  const names =
    known === null ? [...held].map((each) => ({ ecosystem: nameOf(each), name: asked.url.name })) : [known];
  return names.map(({ ecosystem, name }) => ({
    // Whatever its release: the URL itself tells packages apart.
    ecosystem: nameOf(ecosystem),
    name: canonicalName(nameOf(ecosystem), name),
    intervals: [EVERYTHING],
    enumerated: [],
    accepts: ({ purl }) => describes(asked.url, purl),
  }));
}

function nameOf(ecosystem: string): string {
  return parseEcosystem(ecosystem)?.name ?? ecosystem.split(':')[0] ?? ecosystem;
}

function splitEcosystem(text: string): { readonly ecosystem: string | null; readonly name: string } {
  const slash = text.indexOf('/');
  const known = slash <= 0 ? null : findEcosystem(text.slice(0, slash));
  if (known === null) return { ecosystem: null, name: text };
  const ecosystem = known.release === null ? known.name : `${known.name}:${known.release}`;
  return { ecosystem, name: text.slice(slash + 1) };
}

/** `<3.0.12`, `>=1,<2`, `3.0.11`, `*`; null: not a range. */
function parseRange(text: string): VersionInterval | null {
  let interval = EVERYTHING;
  for (const part of text.split(',')) {
    const [, sign = '', version = ''] = /^\s*(<=|>=|<|>|=)?\s*(\S+)\s*$/.exec(part) ?? [];
    if (version === '') return null;
    if (version === '*' && sign === '') continue;
    if (sign === '<' || sign === '<=') interval = { ...interval, to: version, toInclusive: sign === '<=' };
    else if (sign === '>' || sign === '>=')
      interval = { ...interval, from: version, fromInclusive: sign === '>=' };
    else interval = { from: version, fromInclusive: true, to: version, toInclusive: true };
  }
  return interval;
}
