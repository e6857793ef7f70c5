import { readlink, realpath, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SensorError } from '../../sensor-error.ts';
import { layerPath } from '../layers/layer-path.ts';
import type { BlobStore } from './blob-store.ts';
import { openFile } from './open-file.ts';

/**
 * The files of a directory. Docker's list names them as it likes: what is not below the directory, by its
 * name or by a link on the way, is not there.
 */
export function directoryStore(directory: string): BlobStore {
  return {
    async read(name, bytesMax) {
      const file = await openBelow(directory, name);
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
      const file = await openBelow(directory, name);
      return file?.createReadStream({ highWaterMark: 256 * 1024 }) ?? null;
    },
    close: () => Promise.resolve(),
  };
}

async function openBelow(directory: string, name: string): Promise<FileHandle | null> {
  const path = layerPath(name);
  const file = path === null ? null : await openFile(join(directory, path));
  if (file === null) return null;
  // Where it truly lies is asked of what was opened: a name may be another's a moment later.
  const [root, real] = await Promise.all([realpath(directory), readlink(`/proc/self/fd/${file.fd}`)]);
  if (real.startsWith(root === '/' ? root : `${root}/`)) return file;
  await file.close();
  throw new SensorError('invalid-input', `${name} is a link out of ${directory}`);
}
