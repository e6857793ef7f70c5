/**
 * Labels that may be recorded. Values of others can hold secrets, so they never reach a stream
 * (invariant 11). Users widen it with `labels:` in sheer.yaml.
 */
const ALLOWED_PREFIXES = [
  'com.docker.compose.',
  'io.podman.compose.',
  'org.opencontainers.image.',
  'app.kubernetes.io/',
  'backstage.io/',
  'sheerline.',
];

const ALLOWED_NAMES = new Set([
  'app',
  'owner',
  'team',
  'service',
  'environment',
  'env',
  'version',
  'maintainer',
]);

/** Longer values are cut: labels are names, not documents. */
const VALUE_LENGTH_MAX = 512;

/**
 * `https://user:token@host/…` without what stands before the host: CI systems hand out such addresses for
 * cloning, and builds write them into `org.opencontainers.image.source`.
 */
const CREDENTIALS = /:\/\/[^/?#\s]*@/g;

/** @param declared names that users added, with `labels:` in sheer.yaml */
export function allowedLabels(
  labels: Readonly<Record<string, unknown>> | null | undefined,
  declared: ReadonlySet<string> = NONE,
): Readonly<Record<string, string>> {
  const allowed: Record<string, string> = {};
  for (const [key, value] of Object.entries(labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (typeof value !== 'string') continue;
    if (!isAllowed(key) && !declared.has(key)) continue;
    allowed[key] = value.replace(CREDENTIALS, '://').slice(0, VALUE_LENGTH_MAX);
  }
  return allowed;
}

const NONE: ReadonlySet<string> = new Set();

function isAllowed(name: string): boolean {
  return ALLOWED_NAMES.has(name) || ALLOWED_PREFIXES.some((prefix) => name.startsWith(prefix));
}
