/**
 * Whether a CODEOWNERS pattern owns what lies in a directory, by GitHub's rules, which are gitignore's without
 * `!` and `[ ]`: `*` and `?` stay within one part of the path, `**` spans parts, a pattern with a slash before
 * its end is anchored, and one that matches a directory owns everything below it, except that `docs/*` owns only
 * what lies in `docs` itself.
 *
 * `directory` is relative to the root that the file governs; empty for the root.
 */
export function ownsDirectory(pattern: string, directory: string): boolean {
  const parts = directory.split('/').filter((part) => part !== '');
  const plain = pattern.replace(/^\/|\/$/g, '');
  const anchored = pattern.replace(/\/$/, '').includes('/');
  const wanted = [...(anchored ? [] : ['**']), ...plain.split('/')];
  const direct = pattern.endsWith('/*');
  // The directory is owned when any file in it would be: `ANY_FILE` is one that no literal pattern names.
  const file = [...parts, ANY_FILE];
  if (direct || plain === '*') return matchesParts(wanted, file);
  const depths = pattern.endsWith('/') ? parts.length : file.length;
  for (let depth = 1; depth <= depths; depth += 1) {
    if (matchesParts(wanted, file.slice(0, depth))) return true;
  }
  return false;
}

const ANY_FILE = '\0';

/** Dynamic programming over both lists: no backtracking, so the time is bounded by the product of the lengths. */
function matchesParts(wanted: readonly string[], parts: readonly string[]): boolean {
  let reachable = parts.map(() => false);
  reachable.unshift(true);
  for (const want of wanted) {
    const next = reachable.map(() => false);
    for (let index = 0; index <= parts.length; index += 1) {
      if (want === '**') next[index] = (reachable[index] ?? false) || (next[index - 1] ?? false);
      else if (index > 0 && reachable[index - 1]) next[index] = matchesPart(want, parts[index - 1] ?? '');
    }
    reachable = next;
  }
  return reachable[parts.length] ?? false;
}

function matchesPart(want: string, part: string): boolean {
  let reachable = [true, ...Array.from(part, () => false)];
  for (let index = 0; index < want.length; index += 1) {
    const character = want.charAt(index);
    const next = reachable.map(() => false);
    for (let at = 0; at <= part.length; at += 1) {
      if (character === '*') next[at] = (reachable[at] ?? false) || (next[at - 1] ?? false);
      else if (at > 0 && reachable[at - 1]) next[at] = character === '?' || character === part.charAt(at - 1);
    }
    reachable = next;
  }
  return reachable[part.length] ?? false;
}
