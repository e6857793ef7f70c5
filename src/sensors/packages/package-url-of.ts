import type { Distribution, PackageUrl } from '#model';
import type { FoundPackage } from './layer-scan.ts';

/** A package as a URL, and its OSV ecosystem, where the reader alone tells it. */
export interface UrlOfFound {
  readonly url: PackageUrl;
  readonly ecosystem: string;
}

export function urlOfFound(found: FoundPackage, distribution: Distribution | null): UrlOfFound {
  return URLS[found.readBy](found, distribution?.id ?? null);
}

const URLS: Readonly<Record<FoundPackage['readBy'], (found: FoundPackage, id: string | null) => UrlOfFound>> =
  {
    dpkg: (found, id) => system(found, 'deb', id ?? 'debian'),
    apk: (found, id) => system(found, 'apk', id ?? 'alpine'),
    rpm,
    npm: (found) => language(found, ['npm', 'npm'], found.name.lastIndexOf('/')),
    python: (found) => language(found, ['pypi', 'PyPI'], -1),
    go: (found) => language(found, ['golang', 'Go'], found.name.lastIndexOf('/')),
    jar: (found) => language(found, ['maven', 'Maven'], found.name.indexOf(':')),
  };

/** As package URLs call the vendor, where they do not use the id of os-release. */
const RPM_NAMESPACES: Readonly<Record<string, string>> = {
  rhel: 'redhat',
  'opensuse-leap': 'opensuse',
  'opensuse-leap-micro': 'opensuse',
  'opensuse-microos': 'opensuse',
  'opensuse-tumbleweed': 'opensuse',
};

function rpm(found: FoundPackage, id: string | null): UrlOfFound {
  const [, epoch, version] = /^(?:(\d+):)?(.*)$/s.exec(found.version) ?? [];
  const namespace = id === null ? null : (RPM_NAMESPACES[id] ?? id);
  const { url, ecosystem } = system(found, 'rpm', namespace);
  const qualifiers = { ...url.qualifiers, ...(epoch === undefined ? {} : { epoch }) };
  return { url: { ...url, version: version ?? found.version, qualifiers }, ecosystem };
}

function system(found: FoundPackage, type: string, namespace: string | null): UrlOfFound {
  const qualifiers = found.architecture === null ? {} : { arch: found.architecture };
  const { name, version } = found;
  return {
    url: { type, namespace, name, version, qualifiers, subpath: null },
    ecosystem: 'of the distribution',
  };
}

function language(
  found: FoundPackage,
  [type, ecosystem]: readonly [string, string],
  split: number,
): UrlOfFound {
  const namespace = split < 0 ? null : found.name.slice(0, split);
  const name = found.name.slice(split + 1);
  return { url: { type, namespace, name, version: found.version, qualifiers: {}, subpath: null }, ecosystem };
}
