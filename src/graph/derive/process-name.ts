import { withoutDeleted } from './features.ts';

/** What a process is called by its program, and by which of its properties that was said. */
export interface ProcessName {
  readonly name: string;
  readonly by: 'executable' | 'workingDirectory';
}

/**
 * The program's name. An interpreter runs anybody's program, so there the working directory speaks: `node` in
 * `/srv/shop/checkout` is `checkout`.
 */
export function serviceNameOfProcess(
  executable: string,
  workingDirectory: string | null,
): ProcessName | null {
  const path = withoutDeleted(executable);
  const file = path.slice(path.lastIndexOf('/') + 1);
  const interpreter =
    /^(?<name>node|nodejs|python|java|ruby|php|php-fpm|perl|deno|bun|sh|bash|dash)[\d.]*$/.exec(file)
      ?.groups?.['name'];
  if (interpreter === undefined) return file === '' ? null : { name: file, by: 'executable' };
  const directory = workingDirectory === null ? null : tellingPart(workingDirectory);
  return directory === null
    ? { name: interpreter, by: 'executable' }
    : { name: directory, by: 'workingDirectory' };
}

/** The last part of a path that says what lives there; null for the homes and temporary places of everybody. */
function tellingPart(path: string): string | null {
  const parts = path.split('/').filter((part) => part !== '');
  while (parts.length > 0 && SAYS_NOTHING.test(parts.at(-1) ?? '')) parts.pop();
  const isHome = parts[0] === 'home' && parts.length <= 2;
  return isHome || parts.length === 0 || EVERYBODYS.has(parts.join('/')) ? null : (parts.at(-1) ?? null);
}

/** Parts that every deployment has: `/srv/checkout/current`, `/srv/checkout/releases/20260131`, `/app/dist`. */
const SAYS_NOTHING = /^(?:app|bin|build|current|dist|lib|out|releases?|src|target|\d+)$/;

const EVERYBODYS = new Set([
  'root',
  'tmp',
  'var/tmp',
  'var',
  'opt',
  'srv',
  'usr',
  'usr/local',
  'run',
  'etc',
  'var/www',
]);
