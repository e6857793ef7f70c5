import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { containerOfCgroup } from './container-of-cgroup.ts';

const ID = '0123456789abcdef'.repeat(4);
const OTHER = 'f'.repeat(64);

describe('container of a cgroup', () => {
  for (const [what, names, expected] of [
    ['podman with cgroupfs', [`libpod-${ID}`, 'libpod_parent'], ID],
    ['podman with systemd', [`libpod-${ID}.scope`, 'machine.slice'], ID],
    ['podman with a payload of its own', ['container', `libpod-${ID}.scope`, 'machine.slice'], ID],
    ['docker with systemd', [`docker-${ID}.scope`, 'system.slice'], ID],
    ['docker with cgroupfs', [ID, 'docker'], ID],
    ['containerd under Kubernetes', [`cri-containerd-${ID}.scope`, 'kubepods-pod1.slice'], ID],
    ['a service inside of a container', ['nginx.service', 'system.slice', `docker-${ID}.scope`], ID],
    ['a container inside of a container', [`libpod-${ID}`, 'libpod_parent', `docker-${OTHER}.scope`], ID],
    ['a service of the host', ['nginx.service', 'system.slice'], null],
    ["podman's monitor", [`libpod-conmon-${ID}.scope`, 'machine.slice'], null],
    ['the root', [''], null],
    ['an id that is too short', [`libpod-${ID.slice(1)}`], null],
    ['a name that only contains one', [`x-libpod-${ID}-y`], null],
  ] as const) {
    it(`${what}: ${expected === null ? 'none' : 'found'}`, () => {
      assert.equal(containerOfCgroup(names), expected);
    });
  }
});
