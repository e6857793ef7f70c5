import path from 'node:path';

import type { DeclaredFile } from '../questions.ts';
import type { Place } from './problem.ts';

/** Where a key or a value of the file stands. */
export type Where = (path: readonly PropertyKey[], what?: 'key' | 'value') => Place;

/** As an absolute path where it can be; otherwise relative to where the user stands, as the file's name is. */
export function resolved(file: DeclaredFile, source: string): string {
  const joined = path.posix.join(file.directory ?? path.posix.dirname(file.name), source);
  return (path.posix.isAbsolute(source) ? path.posix.normalize(source) : joined).replace(/(?<=.)\/+$/, '');
}
