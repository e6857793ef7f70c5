import type { InstanceData } from '#model';

/** A running container that says nothing of itself, with what a test wants to say. */
export function containerData(more: Partial<InstanceData> = {}): InstanceData {
  return {
    kind: 'container',
    engine: 'podman',
    node: 'n',
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
    networks: ['podman'],
    addressMissing: null,
    ...more,
  };
}
