import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs work on a directory that no other process may do at the same time. The lock is an abstract
 * socket, which the kernel takes back from a process that was killed.
 */
export async function alone<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const name = `\0sheerline-${createHash('sha256').update(directory).digest('hex').slice(0, 32)}`;
  let lock = await take(name);
  for (; lock === null; lock = await take(name)) await delay(100);
  try {
    return await work();
  } finally {
    lock.close();
  }
}

function take(name: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(name, () => resolve(server));
  });
}
