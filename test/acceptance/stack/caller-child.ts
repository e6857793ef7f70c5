import { createSocket } from 'node:dgram';
import { get } from 'node:http';

/**
 * Does what each line of its input says, and prints `done` after each: `GET URL COUNT` requests over
 * a connection each, `UDP PORT COUNT` datagrams over one socket, each of which is answered.
 */
process.stdin.setEncoding('utf8');
let rest = '';
for await (const piece of process.stdin) {
  const lines = (rest + String(piece)).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const [what, where = '', count] = line.split(' ');
    await (what === 'GET' ? requests(where, Number(count)) : exchange(Number(where), Number(count)));
    process.stdout.write('done\n');
  }
}

async function requests(url: string, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++) await request(url);
}

function request(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent: false }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    sent.on('error', reject);
  });
}

async function exchange(port: number, count: number): Promise<void> {
  const socket = createSocket('udp4');
  for (let sent = 0; sent < count; sent++) {
    await new Promise<void>((resolve, reject) => {
      socket.once('message', () => resolve());
      socket.once('error', reject);
      socket.send('ping', port, '127.0.0.1');
    });
  }
  socket.close();
}
