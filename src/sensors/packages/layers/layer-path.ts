/**
 * The absolute path in the image of a name in a layer's archive; null where it would go out of the image,
 * or is none.
 */
export function layerPath(name: string): string | null {
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..') || name.includes('\0')) return null;
  return `/${segments.join('/')}`;
}

/** From the parent up to, and without, the root. */
export function* ancestorsOf(path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    yield path.slice(0, end);
  }
}
