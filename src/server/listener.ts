import { lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import type { Server } from 'node:http';
import { ServerError } from './errors.ts';

/** `sun_path` of Linux has 108 bytes, the last of them zero. */
const SOCKET_PATH_BYTES_MAX = 107;

/**
 * Listens on a Unix socket that only the owner may open. A socket that a killed process left
 * behind is replaced; one that answers is not.
 *
 * @throws ServerError `state-in-use`, `state-unusable`
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
    throw new ServerError(
      'state-unusable',
      `${path} is too long for a socket (${SOCKET_PATH_BYTES_MAX} bytes)`,
      {
        next: 'choose a shorter directory with --state',
      },
    );
  }
  try {
    await listenPrivately(server, path);
  } catch (error) {
    if (!hasCode(error, 'EADDRINUSE') || !lstatSync(path).isSocket()) throw notListening(path, error);
    if (await answers(path)) {
      throw new ServerError('state-in-use', `another control plane listens on ${path}`, {
        next: 'sheer status',
      });
    }
    unlinkSync(path);
    await listenPrivately(server, path).catch((again: unknown) => {
      throw notListening(path, again);
    });
  }
}

/**
 * Listens on 127.0.0.1; port 0 lets the system choose. Gives the port.
 *
 * @throws ServerError `state-in-use`
 */
export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  try {
    await listening(server, () => server.listen(port, '127.0.0.1'));
  } catch (error) {
    if (!hasCode(error, 'EADDRINUSE')) throw notListening(`port ${port}`, error);
    throw new ServerError('state-in-use', `port ${port} is taken by another program`, {
      cause: error,
      next: 'sheer up --port N',
    });
  }
  const address = server.address();
  // It listens on an IP address, so the address is an object.
  return (address as { readonly port: number }).port;
}

/**
 * The mode comes with the file: with a chmod afterwards, others could connect in between. The
 * socket is made before `listen` returns, so no other file of this process gets that mode.
 */
async function listenPrivately(server: Server, path: string): Promise<void> {
  await listening(server, () => {
    const mask = process.umask(0o177);
    try {
      server.listen(path);
    } finally {
      process.umask(mask);
    }
  });
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      server.removeListener('error', settle);
      server.removeListener('listening', settle);
      if (error) reject(error);
      else resolve();
    };
    server.once('error', settle);
    server.once('listening', settle);
    listen();
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('error', () => resolve(false));
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
  });
}

function notListening(where: string, cause: unknown): ServerError {
  return new ServerError('state-unusable', `the control plane can't listen on ${where}`, {
    cause,
    detail: cause instanceof Error ? [cause.message] : [],
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
