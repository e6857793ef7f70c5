import { parseEcosystem, type Ecosystem } from '#versions';

/** Null scheme: nothing here knows the order of its versions. */
export type NamedEcosystem = Omit<Ecosystem, 'scheme'> & { readonly scheme: Ecosystem['scheme'] | null };

/** `Debian:12` → its name and release, also of an ecosystem that nobody has heard of. */
export function ecosystemOf(text: string): NamedEcosystem {
  const known = parseEcosystem(text);
  if (known !== null) return known;
  const colon = text.indexOf(':');
  if (colon < 0) return { name: text, release: null, scheme: null };
  return { name: text.slice(0, colon), release: text.slice(colon + 1), scheme: null };
}
