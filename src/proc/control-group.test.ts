import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { parseControlGroup } from './control-group.ts';

const ID = 'a1'.repeat(32);
const nothing = { path: null, unit: null, containerId: null };

describe('control groups', () => {
  const rows: readonly [string, string, Partial<ReturnType<typeof parseControlGroup>>][] = [
    ['the root of v2 says nothing', '0::/\n', {}],
    ['nothing at all says nothing', '', {}],
    [
      'a system service',
      '0::/system.slice/nginx.service\n',
      { path: '/system.slice/nginx.service', unit: 'nginx.service' },
    ],
    [
      'a group that a service made below its own',
      '0::/system.slice/postgresql@15-main.service/backend\n',
      { path: '/system.slice/postgresql@15-main.service/backend', unit: 'postgresql@15-main.service' },
    ],
    [
      'a service of a user: the innermost counts',
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice/web.service\n',
      { path: '/user.slice/user-1000.slice/user@1000.service/app.slice/web.service', unit: 'web.service' },
    ],
    [
      'a session is no service',
      '0::/user.slice/user-1000.slice/session-3.scope\n',
      { path: '/user.slice/user-1000.slice/session-3.scope' },
    ],
    [
      'hybrid: the service stands in systemd’s own hierarchy',
      '4:memory:/system.slice\n1:name=systemd:/system.slice/cron.service\n0::/\n',
      { path: '/system.slice/cron.service', unit: 'cron.service' },
    ],
    [
      'v1: only systemd’s own hierarchy names it',
      '3:cpu,cpuacct:/\n1:name=systemd:/system.slice/cron.service\n',
      { path: '/system.slice/cron.service', unit: 'cron.service' },
    ],
    [
      'podman without systemd',
      `0::/libpod_parent/libpod-${ID}\n`,
      { path: `/libpod_parent/libpod-${ID}`, containerId: ID },
    ],
    [
      'a group inside of a container',
      `0::/machine.slice/libpod-${ID}.scope/container\n`,
      { path: `/machine.slice/libpod-${ID}.scope/container`, containerId: ID },
    ],
    [
      'docker with systemd',
      `0::/system.slice/docker-${ID}.scope\n`,
      { path: `/system.slice/docker-${ID}.scope`, containerId: ID },
    ],
    ['docker on v1', `4:memory:/docker/${ID}\n`, { containerId: ID }],
    [
      'containerd in a pod',
      `0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope\n`,
      { path: `/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope`, containerId: ID },
    ],
    [
      'cri-o in a pod',
      `0::/kubepods/pod1/crio-${ID}\n`,
      { path: `/kubepods/pod1/crio-${ID}`, containerId: ID },
    ],
    [
      'podman’s monitor is not in its container',
      `0::/machine.slice/libpod-conmon-${ID}.scope\n`,
      { path: `/machine.slice/libpod-conmon-${ID}.scope` },
    ],
    ['a shorter number is no container', '0::/docker/abcdef\n', { path: '/docker/abcdef' }],
  ];
  for (const [name, text, expected] of rows) {
    it(name, () => assert.deepEqual(parseControlGroup(text), { ...nothing, ...expected }));
  }
});
