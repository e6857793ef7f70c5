/** A package URL, decoded: `pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS#SUBPATH` (ECMA-427). */
export interface PackageUrl {
  /** Lower case: `deb`, `npm`, `golang`. */
  readonly type: string;
  /** Segments joined by `/`: `debian`, `@scope`, `github.com/gorilla`; null: none. */
  readonly namespace: string | null;
  readonly name: string;
  readonly version: string | null;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly subpath: string | null;
}

/** Longer ones are refused: the longest that tools write are some hundreds of characters. */
const LENGTH_MAX = 4096;

/** As it was written, only decoded; {@link normalisePackageUrl} brings it into the form for joining. Null: not one. */
export function parsePackageUrl(text: string): PackageUrl | null {
  if (text.length > LENGTH_MAX || !/^pkg:/i.test(text)) return null;
  const [beforeSubpath, subpath] = splitLast(text.slice(4).replace(/^\/+/, ''), '#');
  const [beforeQualifiers, qualifiers] = splitLast(beforeSubpath, '?');
  // An `@` before the last `/` is a scope that somebody did not encode.
  const slash = beforeQualifiers.replace(/\/+$/, '').lastIndexOf('/');
  const at = beforeQualifiers.lastIndexOf('@');
  const path = at > slash ? beforeQualifiers.slice(0, at) : beforeQualifiers;
  const segments = path.split('/').filter((segment) => segment !== '');
  const type = (segments.shift() ?? '').toLowerCase();
  if (!/^[a-z][a-z0-9.+-]*$/.test(type)) return null;
  try {
    const name = decodeURIComponent(segments.pop() ?? '');
    const version = at > slash ? decodeURIComponent(beforeQualifiers.slice(at + 1)) : '';
    if (name === '') return null;
    return {
      type,
      namespace: segments.map((segment) => decodeURIComponent(segment)).join('/') || null,
      name,
      version: version || null,
      qualifiers: parseQualifiers(qualifiers),
      subpath: parseSubpath(subpath),
    };
  } catch {
    // A lone `%`.
    return null;
  }
}

export function formatPackageUrl(url: PackageUrl): string {
  const namespace = url.namespace === null ? '' : `${url.namespace.split('/').map(encode).join('/')}/`;
  const version = url.version === null ? '' : `@${encode(url.version)}`;
  const qualifiers = Object.keys(url.qualifiers)
    .toSorted()
    .map((key) => `${key}=${encode(url.qualifiers[key] ?? '')}`)
    .join('&');
  const subpath = url.subpath === null ? '' : `#${url.subpath.split('/').map(encode).join('/')}`;
  return `pkg:${url.type}/${namespace}${encode(url.name)}${version}${qualifiers === '' ? '' : `?${qualifiers}`}${subpath}`;
}

/**
 * The one form of all the ways in which tools write the same package: names as its type spells them, and
 * of the qualifiers only those that make it another package (`arch`, `epoch`), not where it was found
 * (`distro`), or built from (`upstream`).
 */
export function normalisePackageUrl(url: PackageUrl): PackageUrl {
  const normalise = NORMALISE[url.type] ?? ((text: string) => text);
  const lowerNamespace = LOWER_NAMESPACES.has(url.type);
  const isSystem = SYSTEM_TYPES.has(url.type);
  return {
    type: url.type,
    namespace: lowerNamespace ? (url.namespace?.toLowerCase() ?? null) : url.namespace,
    name: normalise(url.name),
    version: isSystem && url.type !== 'rpm' ? wholeVersionOf(url) : withoutEpoch(url),
    qualifiers: isSystem ? keepOf(url) : {},
    subpath: null,
  };
}

/** A system package's version with its epoch before it, wherever the URL tells it; null: none is told. */
export function wholeVersionOf(url: PackageUrl): string | null {
  const epoch = url.qualifiers['epoch'] ?? '0';
  if (url.version === null || epoch === '0' || /^\d+:/.test(url.version)) return url.version;
  return `${epoch}:${url.version}`;
}

/** The key for joining: {@link normalisePackageUrl}, as text. Null: not a package URL. */
export function canonicalPackageUrl(text: string): string | null {
  const url = parsePackageUrl(text);
  return url === null ? null : formatPackageUrl(normalisePackageUrl(url));
}

/** PEP 503. */
export function normalisePythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

const SYSTEM_TYPES: ReadonlySet<string> = new Set(['deb', 'apk', 'rpm']);

const LOWER_NAMESPACES: ReadonlySet<string> = new Set([
  'deb',
  'apk',
  'rpm',
  'npm',
  'golang',
  'composer',
  'hex',
]);

const lower = (name: string): string => name.toLowerCase();

const NORMALISE: Readonly<Record<string, (name: string) => string>> = {
  deb: lower,
  apk: lower,
  npm: lower,
  golang: lower,
  composer: lower,
  hex: lower,
  pypi: normalisePythonName,
  pub: (name) => name.toLowerCase().replaceAll('-', '_'),
};

function withoutEpoch({ type, version }: PackageUrl): string | null {
  return type === 'rpm' ? (version?.replace(/^\d+:/, '') ?? null) : version;
}

/** An epoch is rpm's alone: Debian's is a part of the version. */
function keepOf({ type, version, qualifiers }: PackageUrl): Record<string, string> {
  const { arch } = qualifiers;
  const epoch = type === 'rpm' ? (qualifiers['epoch'] ?? /^(\d+):/.exec(version ?? '')?.[1] ?? '0') : '0';
  return { ...(arch === undefined ? {} : { arch }), ...(epoch === '0' ? {} : { epoch }) };
}

function splitLast(text: string, separator: string): readonly [before: string, after: string] {
  const at = text.lastIndexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function parseQualifiers(text: string): Record<string, string> {
  const pairs = text.split('&').flatMap((pair) => {
    const [, key, value] = /^([A-Za-z][A-Za-z0-9._-]*)=(.+)$/s.exec(pair) ?? [];
    return key === undefined || value === undefined
      ? []
      : [[key.toLowerCase(), decodeURIComponent(value)] as const];
  });
  return Object.fromEntries(pairs);
}

function parseSubpath(text: string): string | null {
  const segments = text.split('/').map((segment) => decodeURIComponent(segment));
  return segments.filter((segment) => !['', '.', '..'].includes(segment)).join('/') || null;
}

/** Everything but unreserved characters, and the colon, which is never encoded. */
function encode(text: string): string {
  // A lone half of a surrogate pair can't be encoded.
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
}
