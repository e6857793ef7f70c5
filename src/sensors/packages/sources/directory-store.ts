import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SensorError } from '../../sensor-error.ts';
import type { BlobStore } from './blob-store.ts';

/** The files of a directory. Names are made of digests that were looked at before, never of what a file says. */
export function directoryStore(directory: string): BlobStore {
  return {
    async read(name, bytesMax) {
      const file = await openFile(join(directory, name));
      if (file === null) return null;
      try {
        const { size } = await file.stat();
        if (size > bytesMax) throw new SensorError('too-large', `${name} has more than ${bytesMax} bytes`);
        return await file.readFile();
      } finally {
        await file.close();
      }
    },
    async open(name) {
      const file = await openFile(join(directory, name));
      return file?.createReadStream({ highWaterMark: 256 * 1024 }) ?? null;
    },
    close: () => Promise.resolve(),
  };
}

/** Opened without waiting, so that a pipe in the place of a file stops nobody. */
async function openFile(path: string): Promise<FileHandle | null> {
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
