import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { SensorError } from '../../sensor-error.ts';

/**
 * For reading; opened without waiting, so that a pipe in the place of a file stops nobody. Null: there is
 * none.
 *
 * @throws SensorError `invalid-input` where it is something else than a file, `sensor-failed` where it
 * can't be opened
 */
export async function openFile(path: string): Promise<FileHandle | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return null;
    throw new SensorError('sensor-failed', `${path} can't be opened`, { cause });
  });
  if (file === null) return null;
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new SensorError('invalid-input', `${path} is no file`);
}
