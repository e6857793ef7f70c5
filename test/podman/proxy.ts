import { connect, createServer, type Server, type Socket } from 'node:net';

/** Between a client and an engine's socket, so that a test can cut the wire. */
export class SocketProxy {
  readonly socketPath: string;
  readonly #target: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  constructor(socketPath: string, target: string) {
    this.socketPath = socketPath;
    this.#target = target;
  }

  async listen(): Promise<void> {
    const server = createServer((client) => this.#join(client));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.socketPath, resolve));
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    this.dropConnections();
    await closed;
  }

  #join(client: Socket): void {
    const engine = connect(this.#target);
    for (const [from, to] of [
      [client, engine],
      [engine, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => to.destroy());
      from.once('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
