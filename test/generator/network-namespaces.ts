import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** One end of a cable, in a network namespace of its own. */
export interface NetworkEnd {
  readonly name: string;
  /** For `nsenter --net=` and {@link GeneratorPlace}. */
  readonly path: string;
  /** The namespace's number, as the kernel tells it of sockets. */
  readonly inode: number;
  readonly ip: string;
  readonly ip6: string;
}

/** Two network namespaces joined by a cable, with nothing else; gone when it is disposed. */
export class TestNetwork implements AsyncDisposable {
  readonly ends: readonly [NetworkEnd, NetworkEnd];
  /** An address of the same subnet that nobody holds. */
  readonly absent: string;

  private constructor(ends: readonly [NetworkEnd, NetworkEnd], absent: string) {
    this.ends = ends;
    this.absent = absent;
  }

  static async create(): Promise<TestNetwork> {
    const random = randomBytes(4).toString('hex');
    const subnet = `10.${randomInt(128, 256)}.${randomInt(0, 256)}`;
    const names = [`sheer-${random}-a`, `sheer-${random}-b`] as const;
    const cable = [`sh${random}a`, `sh${random}b`] as const;
    for (const name of names) await execute('ip', ['netns', 'add', name]);
    await execute('ip', [
      ...['link', 'add', cable[0], 'netns', names[0], 'type', 'veth'],
      ...['peer', 'name', cable[1], 'netns', names[1]],
    ]);
    const ends = await Promise.all([
      raise({ name: names[0], cable: cable[0], ip: `${subnet}.1`, ip6: `fd00:${random.slice(0, 4)}::1` }),
      raise({ name: names[1], cable: cable[1], ip: `${subnet}.2`, ip6: `fd00:${random.slice(0, 4)}::2` }),
    ]);
    return new TestNetwork(ends, `${subnet}.9`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { name } of this.ends) await execute('ip', ['netns', 'delete', name]);
  }
}

async function raise(end: {
  readonly name: string;
  readonly cable: string;
  readonly ip: string;
  readonly ip6: string;
}): Promise<NetworkEnd> {
  const { name, cable, ip, ip6 } = end;
  await execute('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  await execute('ip', ['-n', name, 'address', 'add', `${ip}/24`, 'dev', cable]);
  await execute('ip', ['-n', name, 'address', 'add', `${ip6}/64`, 'dev', cable, 'nodad']);
  await execute('ip', ['-n', name, 'link', 'set', cable, 'up']);
  const path = `/run/netns/${name}`;
  return { name, path, inode: (await stat(path)).ino, ip, ip6 };
}
