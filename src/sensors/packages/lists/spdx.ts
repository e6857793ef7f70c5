import type { Distribution, Package, Unread } from '#model';
import { SensorError } from '../../sensor-error.ts';
import { isObject, list, objects, text, type JsonObject } from '../json-value.ts';
import type { ListDocument } from './list-document.ts';
import { distributionOfUrl, listedPackage } from './listed-package.ts';

const VERSIONS: ReadonlySet<unknown> = new Set(['SPDX-2.2', 'SPDX-2.3']);
const PACKAGES_MAX = 500_000;
/** Such a one is the image, its system, or a file: no package that an advisory speaks of. */
const OTHER_PURPOSES: ReadonlySet<unknown> = new Set([
  'CONTAINER',
  'OPERATING-SYSTEM',
  'FILE',
  'SOURCE',
  'ARCHIVE',
]);

/** SPDX 2.3 (and 2.2, of which it is a superset), as JSON. Throws a SensorError where it is another version. */
export function readSpdx(document: JsonObject): ListDocument {
  if (!VERSIONS.has(document['spdxVersion'])) {
    const version = text(document['spdxVersion'])?.slice(0, 40) ?? 'another SPDX';
    throw new SensorError('invalid-input', `spdxVersion: ${version} is not read here; SPDX-2.3 is`);
  }
  const given = list(document['packages']);
  if (given.length > PACKAGES_MAX)
    throw new SensorError('too-large', `the list has more than ${PACKAGES_MAX} packages`);
  const urls = given.map((one) => (isObject(one) ? urlOf(one) : null));
  const distribution = firstDistribution(urls);
  const packages = new Map<string, Package>();
  const unread: Unread[] = [];
  for (const [index, one] of given.entries()) {
    const url = urls[index] ?? null;
    const at =
      url === null ? `packages[${index}]` : `packages[${index}].externalRefs[${url.index}].referenceLocator`;
    const found = packageOf(one, url?.locator ?? null, distribution);
    if (typeof found === 'string') unread.push({ path: at, reason: found });
    else if (found !== null) packages.set(found.purl, found);
  }
  return {
    origin: 'spdx',
    tool: toolOf(document['creationInfo']),
    subjects: subjectsOf(given),
    list: { format: 1, image: null, distribution, packages: [...packages.values()], unread },
  };
}

function firstDistribution(urls: readonly (Located | null)[]): Distribution | null {
  for (const url of urls) {
    const distribution = url === null ? null : distributionOfUrl(url.locator);
    if (distribution !== null) return distribution;
  }
  return null;
}

/** Null: it is something else than a package. */
function packageOf(
  one: unknown,
  url: string | null,
  distribution: Distribution | null,
): Package | string | null {
  if (!isObject(one)) return null;
  if (url !== null) return listedPackage({ url, readBy: 'spdx', path: null, source: null, distribution });
  return isOther(one) ? null : `${(text(one['name']) ?? 'a package').slice(0, 200)} has no package URL`;
}

/** A package URL, and which of the references it is. */
interface Located {
  readonly locator: string;
  readonly index: number;
}

function urlOf(one: JsonObject): Located | null {
  for (const [index, reference] of list(one['externalRefs']).entries()) {
    if (!isObject(reference) || reference['referenceType'] !== 'purl') continue;
    const locator = text(reference['referenceLocator']);
    if (locator !== null && !/^pkg:(?:oci|docker|generic)\//.test(locator)) return { locator, index };
  }
  return null;
}

function isOther(one: JsonObject): boolean {
  const references = objects(one['externalRefs']).map(
    (reference) => text(reference['referenceLocator']) ?? '',
  );
  return (
    OTHER_PURPOSES.has(one['primaryPackagePurpose']) ||
    references.some((locator) => /^pkg:(?:oci|docker|generic)\//.test(locator)) ||
    // The root of what Syft and BuildKit write: the directory or image itself.
    text(one['SPDXID'])?.startsWith('SPDXRef-DocumentRoot') === true
  );
}

function toolOf(creation: unknown): string | null {
  const creators = isObject(creation) ? list(creation['creators']) : [];
  const tools = creators
    .map((creator) => /^Tool:\s*(.+)$/.exec(text(creator) ?? '')?.[1])
    .filter((tool) => tool !== undefined);
  return tools[0]?.slice(0, 200).replace(/-(?=v?\d)/, ' ') ?? null;
}

function subjectsOf(given: readonly unknown[]): readonly string[] {
  const places = objects(given)
    .filter((one) => isOther(one))
    .flatMap((one) => [
      ...objects(one['checksums']).map(
        (sum) => `${text(sum['algorithm'])?.toLowerCase()}:${text(sum['checksumValue'])}`,
      ),
      text(one['versionInfo']) ?? '',
    ]);
  return [...new Set(places.filter((place) => /^sha256:[0-9a-f]{64}$/.test(place)))];
}
