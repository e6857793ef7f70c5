/** Names as people write them: without the registry, without a tag, the beginning of an id. */

/** `redis`, `redis:7` and `docker.io/library/redis:7` all mean docker.io/library/redis:7. */
export function isImageName(name: string, written: string): boolean {
  if (isTaggedImageName(name, written)) return true;
  const untagged = name.replace(/:[^:/]+$/, '');
  return untagged === written || untagged.endsWith(`/${written}`);
}

/** The same where the tag must be written: `redis:7`, not `redis`. */
export function isTaggedImageName(name: string, written: string): boolean {
  return name === written || name.endsWith(`/${written}`);
}

/** A digest by its beginning, as tables print it: `48e1f0aa12b3`, `sha256:48e1f0aa12b3…`. */
export function isDigest(digest: string, written: string): boolean {
  const plain = written.replace(/^sha256:/, '').replace(/…$/, '');
  return /^[0-9a-f]{6,64}$/.test(plain) && digest.replace(/^sha256:/, '').startsWith(plain);
}

/** `container/48e1…` by 48e1…, a process by its pid. */
export function isShortId(id: string, written: string): boolean {
  const [kind, ...rest] = id.split('/');
  if (kind === 'process') return rest[1] === written;
  return kind === 'container' && written.length >= 6 && (rest[0] ?? '').startsWith(written);
}
