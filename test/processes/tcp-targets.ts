import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

export interface TcpTarget {
  readonly port: number;
  /** When the first connection has been accepted. */
  readonly connected: Promise<void>;
}

/** Listeners in the test's own process that keep what they accept open. */
export class TcpTargets {
  private readonly servers: Server[] = [];
  private readonly sockets: Socket[] = [];

  async listen(host = '127.0.0.1'): Promise<TcpTarget> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      this.sockets.push(socket);
      resolve();
    });
    this.servers.push(server);
    await new Promise<void>((listening) => server.listen(0, host, listening));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
    return { port: address.port, connected: promise };
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    for (const server of this.servers) server.close();
  }
}
