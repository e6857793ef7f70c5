import { readFileSync, statSync } from 'node:fs';

/** Names of users by their number, read again when the file has changed. */
export function createAccounts(passwdFile: string): (userId: number) => string {
  let names: ReadonlyMap<number, string> = new Map();
  let modified = -1;
  return (userId) => {
    try {
      const { mtimeMs } = statSync(passwdFile);
      if (mtimeMs !== modified) {
        names = parseAccounts(readFileSync(passwdFile, 'utf8'));
        modified = mtimeMs;
      }
    } catch {
      // Machines without the file have users all the same: their numbers are their names.
    }
    return names.get(userId) ?? String(userId);
  };
}

/** Parses passwd(5): `name:password:uid:…`; the first name of a number counts. */
export function parseAccounts(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (name && id && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
