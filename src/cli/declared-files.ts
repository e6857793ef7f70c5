import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CliError, unreadable } from './cli-error.ts';

/** A file as the user gave it. */
export interface DeclaredFile {
  readonly name: string;
  readonly content: string;
  /** Absolute: CODEOWNERS speak of what lies below it. */
  readonly directory: string;
  /** It came along because `images:` of another file speaks of it. */
  readonly kind?: 'containerfile';
}

/**
 * The file, or everything in the directory that declares something: `sheer.yaml`,
 * `*.sheer.yaml`, `catalog-info.yaml` and CODEOWNERS, in a stable order; then the Containerfiles that
 * they speak of.
 *
 * @throws CliError `invalid-input`, `not-found`
 */
export async function declaredFiles(path: string): Promise<readonly DeclaredFile[]> {
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      throw unreadable(path, error);
    },
  );
  const names = isDirectory ? await findIn(path, 0) : [path];
  if (names.length === 0) {
    throw new CliError('not-found', `nothing in ${path} declares anything`, {
      detail: ['looked for sheer.yaml, *.sheer.yaml, catalog-info.yaml and CODEOWNERS'],
      next: 'sheer declare --suggest > sheer.yaml',
    });
  }
  const files = await Promise.all(names.map(readDeclared));
  const { containerfilesOf } = await import('./containerfiles.ts');
  return [...files, ...(await containerfilesOf(files))];
}

/** A monorepo's services lie some folders deep; deeper is somebody else's tree. */
const DEPTH_MAX = 8;
const SKIPPED = new Set(['node_modules', 'vendor', 'dist', 'target']);

/** Folders with a dot hold tools' state, but for those in which CODEOWNERS lies. */
const DOTTED = new Set(['.github', '.gitlab']);

async function findIn(directory: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(directory, error);
  });
  const sorted = entries.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const found: string[] = [];
  for (const entry of sorted) {
    const path = join(directory, entry.name);
    if (entry.isFile() && declares(entry.name)) found.push(path);
    if (entry.isDirectory() && depth < DEPTH_MAX && isSearched(entry.name)) {
      found.push(...(await findIn(path, depth + 1)));
    }
  }
  return found;
}

function declares(name: string): boolean {
  return /^(?:.+\.)?sheer\.ya?ml$|^catalog-info\.ya?ml$|^CODEOWNERS$/.test(name);
}

function isSearched(name: string): boolean {
  return name.startsWith('.') ? DOTTED.has(name) : !SKIPPED.has(name);
}

/** @throws CliError `invalid-input` */
export async function readDeclared(name: string): Promise<DeclaredFile> {
  try {
    const content = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(name));
    return { name, content, directory: dirname(resolve(name)) };
  } catch (error) {
    if (error instanceof TypeError)
      throw new CliError('invalid-input', `${name} is not UTF-8`, { cause: error });
    throw unreadable(name, error);
  }
}
