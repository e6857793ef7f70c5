import type { Distribution, Package, Unread } from '#model';
import { SensorError } from '../../sensor-error.ts';
import { isObject, list, objects, text, type JsonObject } from '../json-value.ts';
import type { ListDocument } from './list-document.ts';
import { distributionOfUrl, listedPackage } from './listed-package.ts';

const VERSIONS: ReadonlySet<unknown> = new Set(['1.4', '1.5', '1.6', '1.7']);
/** A whole machine has some 100,000. */
const COMPONENTS_MAX = 500_000;
/** What else stands among components is no package: files, the operating system, data. */
const PACKAGE_TYPES: ReadonlySet<unknown> = new Set(['library', 'framework', 'application']);

/** A component, and where it stands in the document. */
interface Placed {
  readonly component: JsonObject;
  readonly at: string;
}

/** CycloneDX 1.4 to 1.7, as JSON. Throws a SensorError where it is another version. */
export function readCycloneDx(document: JsonObject): ListDocument {
  if (!VERSIONS.has(document['specVersion'])) {
    const version = text(document['specVersion'])?.slice(0, 40) ?? 'none';
    throw new SensorError(
      'invalid-input',
      `specVersion: CycloneDX ${version} is not read here; 1.4 to 1.7 are`,
    );
  }
  const metadata = isObject(document['metadata']) ? document['metadata'] : {};
  const components = allComponents(document);
  const distribution = distributionOf(components);
  const packages = new Map<string, Package>();
  const unread: Unread[] = [];
  for (const { component, at } of components) {
    const url = text(component['purl']);
    if (url === null) {
      if (PACKAGE_TYPES.has(component['type'])) unread.push({ path: at, reason: withoutUrl(component) });
      continue;
    }
    const properties = propertiesOf(component);
    const source = sourceOf(properties);
    const path = pathOf(component, properties);
    const found = listedPackage({ url, readBy: 'cyclonedx', path, source, distribution });
    if (typeof found === 'string') unread.push({ path: `${at}.purl`, reason: found });
    else packages.set(`${found.purl}\n${path}`, found);
  }
  return {
    origin: 'cyclonedx',
    tool: toolOf(metadata['tools']),
    subjects: subjectsOf(metadata['component']),
    list: { format: 1, image: null, distribution, packages: [...packages.values()], unread },
  };
}

/** Components hold components, to any depth; walked without recursion. */
function allComponents(document: JsonObject): readonly Placed[] {
  const found: Placed[] = [];
  const open: { readonly components: unknown; readonly at: string }[] = [
    { components: document['components'], at: 'components' },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [index, component] of list(next.components).entries()) {
      if (!isObject(component)) continue;
      const at = `${next.at}[${index}]`;
      found.push({ component, at: at.length > 500 ? `…${at.slice(-500)}` : at });
      if (found.length > COMPONENTS_MAX) {
        throw new SensorError('too-large', `the list has more than ${COMPONENTS_MAX} components`);
      }
      if (component['components'] !== undefined) {
        open.push({ components: component['components'], at: `${at.slice(-500)}.components` });
      }
    }
  }
  return found;
}

function withoutUrl(component: JsonObject): string {
  return `${(text(component['name']) ?? 'a component').slice(0, 200)} has no package URL`;
}

/** Of the component that is the operating system; else of the first package that names one. */
function distributionOf(components: readonly Placed[]): Distribution | null {
  for (const { component } of components) {
    const id = text(component['name']);
    if (component['type'] !== 'operating-system' || id === null) continue;
    const versionId = text(component['version']);
    return { id: id.toLowerCase(), versionId, name: versionId === null ? id : `${id} ${versionId}` };
  }
  for (const { component } of components) {
    const url = text(component['purl']);
    const distribution = url === null ? null : distributionOfUrl(url);
    if (distribution !== null) return distribution;
  }
  return null;
}

function propertiesOf(component: JsonObject): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const property of objects(component['properties'])) {
    const name = text(property['name']);
    const value = text(property['value']);
    if (name !== null && value !== null) properties.set(name, value);
  }
  return properties;
}

/** As Syft and Trivy tell it. */
function sourceOf(properties: ReadonlyMap<string, string>): Package['source'] {
  const syft = properties.get('syft:metadata:source') ?? properties.get('syft:metadata:originPackage');
  const syftVersion = properties.get('syft:metadata:sourceVersion');
  if (syft !== undefined && syftVersion !== undefined) return { name: syft, version: syftVersion };
  const trivy = (key: string) => properties.get(`aquasecurity:trivy:${key}`);
  const [name, version, release, epoch] = [
    trivy('SrcName'),
    trivy('SrcVersion'),
    trivy('SrcRelease'),
    trivy('SrcEpoch'),
  ];
  if (name === undefined || version === undefined) return null;
  const before = epoch === undefined || epoch === '0' ? '' : `${epoch}:`;
  return { name, version: `${before}${version}${release === undefined ? '' : `-${release}`}` };
}

function pathOf(component: JsonObject, properties: ReadonlyMap<string, string>): string | null {
  const evidence = isObject(component['evidence']) ? component['evidence'] : {};
  const [occurrence] = objects(evidence['occurrences']);
  const path =
    properties.get('syft:location:0:path') ??
    properties.get('aquasecurity:trivy:FilePath') ??
    text(occurrence?.['location']);
  return path == null ? null : path.slice(0, 4096);
}

/** A list of tools until 1.4, and components and services since. */
function toolOf(tools: unknown): string | null {
  const [tool] = [...objects(tools), ...(isObject(tools) ? objects(tools['components']) : [])];
  const name = text(tool?.['name']);
  if (name === null) return null;
  return [name, text(tool?.['version'])]
    .filter((part) => part !== null)
    .join(' ')
    .slice(0, 200);
}

/** The digest of the image may stand in its URL, its version, or what Trivy says of it. */
function subjectsOf(component: unknown): readonly string[] {
  if (!isObject(component)) return [];
  const places = [
    component['purl'],
    component['version'],
    component['name'],
    ...propertiesOf(component).values(),
  ];
  const digests = places.flatMap((place) => {
    const decoded = (text(place) ?? '').slice(0, 4096).replaceAll(/%3a/gi, ':');
    return [...decoded.matchAll(/sha256:[0-9a-f]{64}/g)].map(([digest]) => digest);
  });
  return [...new Set(digests)];
}
