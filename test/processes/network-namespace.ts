import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';

/** A network namespace of one test's own, with nothing but loopback. */
export class NetworkNamespace {
  readonly name = `sheer-${randomBytes(4).toString('hex')}`;

  create(): void {
    ip('netns', 'add', this.name);
    ip('-n', this.name, 'link', 'set', 'lo', 'up');
  }

  inode(): number {
    return statSync(`/run/netns/${this.name}`).ino;
  }

  delete(): void {
    ip('netns', 'delete', this.name);
  }
}

function ip(...args: readonly string[]): void {
  const { error, status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (error !== undefined)
    throw new Error('ip is not installed: apt-get install -y iproute2', { cause: error });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr} (it needs root)`);
}
