import type { InstanceData, ServiceData } from '#model';

import type { InstanceView } from './instance-view.ts';
import type { Declared } from './service.ts';

/** A running container that says nothing of itself, with what a test wants to say. */
export function container(
  data: Partial<InstanceView['data']> = {},
  ports: readonly number[] = [],
): InstanceView {
  return { data: { ...NOTHING, ...data }, ports };
}

export function process(
  data: Partial<InstanceView['data']> = {},
  ports: readonly number[] = [],
): InstanceView {
  return { data: { ...NOTHING, kind: 'process', engine: 'processes', name: 'node 4711', ...data }, ports };
}

export function service(id: string, data: Partial<ServiceData> = {}): Declared<ServiceData> {
  const [environment = '', application = '', name = ''] = id.split('/');
  return { id, data: { name, application, environment, owner: null, match: [], source: null, ...data } };
}

export function image(name: string): { name: string; id: null } {
  return { name, id: null };
}

const NOTHING: InstanceData = {
  kind: 'container',
  engine: 'podman',
  node: 'node-1',
  name: 'clever_hopper',
  images: [],
  labels: {},
  pid: 4711,
  state: 'running',
  exitCode: null,
  executable: null,
  unit: null,
  cgroup: null,
  user: null,
  networks: [],
  addressMissing: null,
};
