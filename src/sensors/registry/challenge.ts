/** What a registry asks for with a 401 (RFC 9110, section 11.6.1). */
export type Challenge =
  | { readonly kind: 'basic' }
  | {
      readonly kind: 'bearer';
      readonly realm: string;
      readonly service: string | null;
      readonly scope: string | null;
    };

/** Registries send one; a few send both. */
const HEADER_LENGTH_MAX = 8192;

/** The schemes of a `WWW-Authenticate` header that are known here, in its order. */
export function parseChallenges(header: string): readonly Challenge[] {
  if (header.length > HEADER_LENGTH_MAX) return [];
  const schemes = [...header.matchAll(/(?:^|,)\s*(Basic|Bearer)(?=\s|,|$)/gi)];
  return schemes.flatMap((scheme, index) => {
    const end = schemes[index + 1]?.index ?? header.length;
    const parameters = parseParameters(header.slice(scheme.index + scheme[0].length, end));
    return challenge(scheme[1]?.toLowerCase() ?? '', parameters);
  });
}

function challenge(scheme: string, parameters: ReadonlyMap<string, string>): readonly Challenge[] {
  if (scheme === 'basic') return [{ kind: 'basic' }];
  const realm = parameters.get('realm');
  if (realm === undefined) return [];
  const [service = null, scope = null] = [parameters.get('service'), parameters.get('scope')];
  return [{ kind: 'bearer', realm, service, scope }];
}

function parseParameters(text: string): ReadonlyMap<string, string> {
  const pairs = text.matchAll(/([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi);
  return new Map(
    [...pairs].map(([, key = '', quoted, plain]) => [
      key.toLowerCase(),
      quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '',
    ]),
  );
}
