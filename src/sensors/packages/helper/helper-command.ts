import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../helper/find-program.ts';

/** Of JavaScript objects; pieces of files are held outside of it, and are bounded by the limits of the readers. */
const HEAP_MEGABYTES = 1024;

/** How the confined helper is started: a program, and its arguments up to the helper's own. */
export interface HelperCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** From the sources as from the bundle, where the helper is a file of its own beside the others. */
export async function helperCommand(): Promise<HelperCommand> {
  const own = fileURLToPath(import.meta.url);
  const isSource = own.endsWith('.ts');
  const entry = join(dirname(own), isSource ? 'scan-helper-entry.ts' : 'scan-helper.js');
  const node = [
    '--permission',
    ...readableCode(own, isSource).map((path) => `--allow-fs-read=${path}`),
    `--max-old-space-size=${HEAP_MEGABYTES}`,
    '--disallow-code-generation-from-strings',
    '--no-warnings',
    entry,
  ];
  const unshare = await withoutNetwork();
  return unshare === null
    ? { command: process.execPath, args: node }
    : { command: unshare, args: ['--net', '--', process.execPath, ...node] };
}

/** The product's own code, and the file that says what `#model` is. */
function readableCode(own: string, isSource: boolean): readonly string[] {
  if (!isSource) return [dirname(own)];
  const sources = join(dirname(own), '../../..');
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
