import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { constants } from 'node:os';

/**
 * Opens real TCP connections at a rate and prints what it did: the truth that sensors are judged by.
 *
 *     connections-entry.ts serve ADDRESS PORTS            listens on so many ports that the kernel chooses
 *     connections-entry.ts connect ADDRESS PORT,PORT… RATE COUNT LIFETIME_US PAYLOAD
 *
 * `serve` prints `listening PORT,PORT…`, echoes, and ends when its standard input does. At their end both
 * print a line for every connection: `UNIX_NANOSECONDS OWN_PORT PEER_PORT OUTCOME`, where OUTCOME is 0
 * or an error number.
 */
const lines: string[] = [];
const [, , mode, address = '', ...rest] = process.argv;

if (mode === 'serve') serve(Number(rest[0]));
else if (mode === 'connect') await connectAll(rest);
else process.exitCode = 2;

function record(ownPort: number, peerPort: number, outcome: number): void {
  const nanoseconds = Math.round((performance.timeOrigin + performance.now()) * 1e3);
  lines.push(`${nanoseconds}000 ${ownPort} ${peerPort} ${outcome}`);
}

function printLines(): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

function serve(count: number): void {
  const servers: Server[] = [];
  const open = new Set<Socket>();
  let ready = 0;
  for (let each = 0; each < count; each += 1) {
    const server = createServer((socket) => {
      record(socket.localPort ?? 0, socket.remotePort ?? 0, 0);
      open.add(socket);
      socket.pipe(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    });
    servers.push(server);
    server.listen({ host: address, port: 0, backlog: 4_096 }, () => {
      ready += 1;
      if (ready === count) announce(servers);
    });
  }
  process.stdin.resume();
  process.stdin.on('end', () => {
    for (const server of servers) server.close();
    for (const socket of open) socket.destroy();
    printLines();
  });
}

function announce(servers: readonly Server[]): void {
  // A TCP server that listens has an address with a port.
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  process.stdout.write(`listening ${ports.join(',')}\n`);
}

async function connectAll(words: readonly string[]): Promise<void> {
  const ports = (words[0] ?? '').split(',').map(Number);
  const [rate = 0, count = 0, lifetimeUs = 0, payload = 0] = words.slice(1).map(Number);
  const began = performance.now();
  const connections: Promise<void>[] = [];
  while (connections.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - began) / 1_000) * rate) + 1);
    while (connections.length < due) {
      const port = ports[connections.length % ports.length] ?? 0;
      connections.push(connectOnce(port, lifetimeUs / 1_000, Buffer.alloc(payload)));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(connections);
  printLines();
}

/** Closes at the earliest after its lifetime, and once everything that it sent has come back. */
function connectOnce(port: number, lifetimeMs: number, payload: Buffer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect({ host: address, port });
  let missing = payload.length;
  let alive = true;
  const endWhenDone = (): void => {
    if (missing <= 0 && !alive) socket.end();
  };
  socket.on('connect', () => {
    record(socket.localPort ?? 0, port, 0);
    if (payload.length > 0) socket.write(payload);
    setTimeout(() => {
      alive = false;
      endWhenDone();
    }, lifetimeMs);
  });
  socket.on('data', (data: Buffer) => {
    missing -= data.length;
    endWhenDone();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // Without an address of its own, a failed connection is told by its peer's port alone.
    record(0, port, errorNumber(error.code));
  });
  socket.on('close', () => resolve());
  return promise;
}

function errorNumber(code: string | undefined): number {
  const numbers: Readonly<Record<string, number>> = constants.errno;
  return numbers[code ?? ''] ?? -1;
}
