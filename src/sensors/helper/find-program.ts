import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** Where administrators' programs are; often not in the path of a user or a service. */
const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The absolute path of a program, or null when it is not installed. */
export async function findProgram(name: string): Promise<string | null> {
  const directories = [
    ...(process.env['PATH'] ?? '').split(':').filter((each) => each !== ''),
    ...SYSTEM_DIRECTORIES,
  ];
  for (const directory of directories) {
    const path = join(directory, name);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return null;
}
