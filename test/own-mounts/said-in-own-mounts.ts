import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

/** A line of what a child found out, as JSON. */
export interface Said {
  readonly what: string;
  readonly [name: string]: unknown;
}

/**
 * Runs a program of Node in a mount namespace of its own, so that the disks that it mounts are gone with
 * it, and gives what it said. Takes root.
 *
 * @param directory its only argument
 */
export function saidInOwnMounts(program: string, directory: string): readonly Said[] {
  const command = ['-m', '--propagation', 'private', process.execPath, program, directory];
  const { status, stdout, stderr, error } = spawnSync('unshare', command, { encoding: 'utf8' });
  assert.equal(error, undefined, 'unshare is needed: apt-get install util-linux');
  assert.equal(status, 0, `as root, with a mount namespace of its own: ${stderr}`);
  // Lines that the child wrote as such.
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Said);
}
