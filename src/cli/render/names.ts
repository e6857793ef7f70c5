import type { Owner } from '#model';

/** `environment/application/name` → `name`; anything else stays as it is. */
export function shortService(id: string): string {
  const parts = id.split('/');
  return parts.length === 3 ? (parts[2] ?? id) : id;
}

/** Container ids and digests are known by their first twelve digits; nothing else is cut. */
export function shortId(id: string): string {
  return id
    .replace(/^container\/([0-9a-f]{12})[0-9a-f]+$/, 'container/$1')
    .replace(/sha256:([0-9a-f]{12})[0-9a-f]+/, 'sha256:$1…');
}

/** `10.42.3.7`, `10.42.3.7:443`, `[::1]:443` */
export function addressText(address: { readonly ip: string; readonly port: number | null }): string {
  if (address.port === null) return address.ip;
  return `${address.ip.includes(':') ? `[${address.ip}]` : address.ip}:${address.port}`;
}

/** `(payments, production)`; what is not known is left out. */
export function inParentheses(...parts: readonly (string | null)[]): string {
  const known = parts.filter((part) => part !== null && part !== '');
  return known.length === 0 ? '' : `(${known.join(', ')})`;
}

const BASES: Readonly<Record<Owner['basis'], string>> = {
  declared: 'declared',
  'catalog-info': 'catalog file',
  label: 'label',
  codeowners: 'CODEOWNERS',
};

/** `declared, sheer.yaml:14` */
export function ownerBasis(owner: Owner): string {
  return owner.location === null ? BASES[owner.basis] : `${BASES[owner.basis]}, ${owner.location}`;
}
