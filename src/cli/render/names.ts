import { DEFAULT_APPLICATION, DEFAULT_ENVIRONMENT, type Owner, type ServiceAnswer } from '#model';
import type { Look } from '../text/look.ts';

/** `environment/application/name` → `name`; anything else stays as it is. */
export function shortService(id: string): string {
  const parts = id.split('/');
  return parts.length === 3 ? (parts[2] ?? id) : id;
}

/** As sheer.yaml writes it, and its environment where that is not the usual one: `shop/cart (production)`. */
function declaredName(id: string): string {
  const parts = id.split('/');
  const [environment, application, name] = parts;
  if (parts.length !== 3 || name === undefined) return id;
  return [
    application === DEFAULT_APPLICATION ? name : `${application}/${name}`,
    ...(environment === DEFAULT_ENVIRONMENT ? [] : [`(${environment})`]),
  ].join(' ');
}

/** `service checkout (production)`, `call web → shop/cart:80` */
export function subjectText(kind: string, id: string): string {
  if (kind === 'service') return `service ${declaredName(id)}`;
  const call = kind === 'call' ? /^([^>]+)>(.+?)(?::\*)?((?::\d+)?(?:\/[a-z]+)?)$/.exec(id) : null;
  if (call === null) return `${kind} ${id}`;
  const [, from = '', to = '', port = ''] = call;
  return `call ${declaredName(from)} → ${declaredName(to)}${port}`;
}

/** Container ids and digests are known by their first twelve digits; nothing else is cut. */
export function shortId(id: string): string {
  return id
    .replace(/^container\/([0-9a-f]{12})[0-9a-f]+$/, 'container/$1')
    .replace(/sha256:([0-9a-f]{12})[0-9a-f]+/, 'sha256:$1…');
}

/** What a waiver is for: `shop/web (test)`, `shop/web:1`, `container/48e1f0aa12b3`, a team. */
export function waivedText(look: Look, subject: string): string {
  // Of a service nothing has a colon, as tags, registries and digests have.
  return subject.includes(':') || subject.startsWith('container/')
    ? imageText(look, subject)
    : declaredName(subject);
}

/** Where it was seen: a sensor by its name, a log that was imported as such. */
export function sourcesText(sources: readonly string[]): string {
  return [...new Set(sources.map((source) => (source.startsWith('import:') ? 'flow log' : source)))].join(
    ', ',
  );
}

/** For a person without its registry: `registry.example:5000/shop/web:1` → `shop/web:1`; else whole. */
export function imageText(look: Look, image: string): string {
  if (look.columns === null) return image;
  const [host = '', ...rest] = shortId(image).split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(host) ? rest.join('/') : shortId(image);
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

/** Sheerline itself asks for no owner. */
export const lacksOwner = ({ team, derivedFrom }: Pick<ServiceAnswer, 'team' | 'derivedFrom'>): boolean =>
  team === null && derivedFrom !== 'itself';

/** `pkg:deb/debian/openssl@3.0.11?arch=amd64` → `openssl 3.0.11` */
export function packageName(purl: string): string {
  const match = /^pkg:[^/]+\/(?:.*\/)?([^/@]+)@([^?#]+)/.exec(purl);
  if (!match) return purl;
  return [match[1], match[2]].map((part) => decoded(part ?? '')).join(' ');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
