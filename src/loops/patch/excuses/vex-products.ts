import { normalisePackageUrl, parsePackageUrl, type PackageUrl } from '#model';

/** What a product of a VEX statement means. */
export type VexProduct =
  /** Any package that the URL describes, wherever it lies. */
  | { readonly kind: 'package'; readonly url: PackageUrl }
  /** An image by a name or a digest. */
  | { readonly kind: 'image'; readonly reference: string };

/** Types of package URLs that mean images: https://github.com/package-url/purl-spec, `oci` and `docker`. */
const IMAGES: ReadonlySet<string> = new Set(['oci', 'docker']);

export function vexProduct(text: string): VexProduct {
  const url = parsePackageUrl(text);
  if (url === null) return { kind: 'image', reference: text };
  if (!IMAGES.has(url.type)) return { kind: 'package', url: normalisePackageUrl(url) };
  if (url.version?.startsWith('sha256:') === true) return { kind: 'image', reference: url.version };
  const place = url.qualifiers['repository_url'] ?? [url.namespace, url.name].filter(Boolean).join('/');
  const tag = url.qualifiers['tag'] ?? url.version ?? null;
  return { kind: 'image', reference: tag === null ? place : `${place}:${tag}` };
}

/** Whether a package is one that the product describes: what the product leaves out is any. */
export function describes(product: PackageUrl, purl: string): boolean {
  const own = parsePackageUrl(purl);
  return (
    own !== null &&
    own.type === product.type &&
    (own.namespace ?? '') === (product.namespace ?? '') &&
    isSameName(product, own.name) &&
    (product.version === null || product.version === own.version) &&
    Object.entries(product.qualifiers).every(([key, value]) => own.qualifiers[key] === value)
  );
}

/** NuGet's names keep their case in a URL, and mean the same in any. */
function isSameName({ type, name }: PackageUrl, own: string): boolean {
  return name === own || (type === 'nuget' && name.toLowerCase() === own.toLowerCase());
}
