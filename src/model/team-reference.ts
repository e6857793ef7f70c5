/**
 * The team that a reference of another tool names: `@acme/payments` (CODEOWNERS), `group:default/payments`
 * (Backstage) and `payments` are `payments`. People (`@alice`, addresses) stay as they are. Empty for nobody.
 */
export function teamOf(reference: string): string {
  const trimmed = reference.trim();
  const catalog = /^(?:group:)?(?:[\w.-]+\/)?([\w.-]+)$/i.exec(trimmed);
  if (catalog) return catalog[1] ?? '';
  const handle = /^@[\w.-]+\/(?:[\w.-]+\/)*([\w.-]+)$/.exec(trimmed);
  return handle?.[1] ?? trimmed;
}
