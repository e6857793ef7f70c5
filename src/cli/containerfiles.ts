import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { type DeclaredFile, readDeclared } from './declared-files.ts';

/**
 * The Containerfiles that `images:` of these files speaks of, each once. What is wrong with such a
 * file, or missing, the control plane says: it knows the place.
 */
export async function containerfilesOf(files: readonly DeclaredFile[]): Promise<readonly DeclaredFile[]> {
  const paths = new Set<string>();
  for (const { context, containerfile } of files.flatMap(imagesOf)) {
    const tried = containerfile === null ? DEFAULT_NAMES : [containerfile];
    for (const name of tried) {
      const path = join(context, name);
      if (!(await isFile(path))) continue;
      paths.add(path);
      break;
    }
  }
  const found = await Promise.all([...paths].map((path) => readDeclared(relative('', path))));
  return found.map((file) => ({ ...file, kind: 'containerfile' }));
}

const DEFAULT_NAMES: readonly string[] = ['Containerfile', 'Dockerfile'];

interface Image {
  /** Absolute. */
  readonly context: string;
  readonly containerfile: string | null;
}

function imagesOf({ name, content, directory }: DeclaredFile): readonly Image[] {
  // Most files speak of no images, and the parser takes 20 ms to begin.
  if (!/\.ya?ml$/.test(name) || !content.includes('images')) return [];
  return Object.values(mapOf(mapOf(parsed(content))['images'])).flatMap((image) => {
    const { context, containerfile = null } = mapOf(image);
    if (typeof context !== 'string') return [];
    return [
      {
        context: isAbsolute(context) ? context : resolve(directory, context),
        containerfile: typeof containerfile === 'string' ? containerfile : null,
      },
    ];
  });
}

function parsed(content: string): unknown {
  try {
    return parse(content, { logLevel: 'silent' });
  } catch {
    // The control plane refuses it, with the place.
    return null;
  }
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  // An object's keys are strings, and its values are unknown.
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
