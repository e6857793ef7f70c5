import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../helper/find-program.ts';

/** Of JavaScript objects; pieces of files are held outside of it, and are bounded by the limits of the readers. */
const HEAP_MEGABYTES = 1024;

/** How a helper is started: a program, and its arguments up to the helper's own. */
export interface HelperCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** The confined helper of layers. */
export function scanHelperCommand(): Promise<HelperCommand> {
  return confinedCommand(dirname(OWN_FILE), 'scan-helper');
}

/**
 * A helper that reads foreign bytes: it can reach nothing but the product's own code.
 *
 * @param folder of the file that asks, beside which the helper's lies
 */
export async function confinedCommand(folder: string, name: string): Promise<HelperCommand> {
  const node = [...nodeArguments(readableCode()), entryOf(folder, name)];
  const unshare = await withoutNetwork();
  return unshare === null
    ? { command: process.execPath, args: node }
    : { command: unshare, args: ['--net', '--', process.execPath, ...node] };
}

/** The reader of live root file systems, which looks into nothing: it may read every file, and do no more. */
export function liveReaderCommand(): HelperCommand {
  return {
    command: process.execPath,
    args: [...nodeArguments(['*']), entryOf(dirname(OWN_FILE), 'live-reader')],
  };
}

function nodeArguments(readable: readonly string[]): readonly string[] {
  return [
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    `--max-old-space-size=${HEAP_MEGABYTES}`,
    '--disallow-code-generation-from-strings',
    // From the sources, what strips their types is compiled anew in each process: once will do.
    ...(IS_SOURCE ? ['--liftoff-only'] : []),
    '--no-warnings',
  ];
}

const OWN_FILE = fileURLToPath(import.meta.url);
const IS_SOURCE = OWN_FILE.endsWith('.ts');

/** From the sources as from the bundle, where the helpers are files beside the others. */
function entryOf(folder: string, name: string): string {
  return join(folder, IS_SOURCE ? `${name}-entry.ts` : `${name}.js`);
}

/** The product's own code, and the file that says what `#model` is. */
function readableCode(): readonly string[] {
  if (!IS_SOURCE) return [dirname(OWN_FILE)];
  const sources = join(dirname(OWN_FILE), '../../..');
  return [sources, join(sources, '../package.json')];
}

let tried: Promise<string | null> | null = null;

/** Null where a network namespace can't be had: then only Node's permission model keeps it from the network. */
function withoutNetwork(): Promise<string | null> {
  tried ??= tryUnshare();
  return tried;
}

async function tryUnshare(): Promise<string | null> {
  const unshare = process.getuid?.() === 0 ? await findProgram('unshare') : null;
  if (unshare === null) return null;
  return new Promise((resolve) => {
    execFile(unshare, ['--net', '--', 'true'], (error) => resolve(error === null ? unshare : null));
  });
}
