import type { ServiceData } from '#model';

import { containerData } from '../../../test/fakes/container-data.ts';
import type { InstanceView } from './instance-view.ts';
import type { Declared } from './service.ts';

/** A running container that says nothing of itself, with what a test wants to say. */
export function container(
  data: Partial<InstanceView['data']> = {},
  ports: readonly number[] = [],
): InstanceView {
  return { data: containerData({ networks: [], ...data }), ports };
}

export function process(
  data: Partial<InstanceView['data']> = {},
  ports: readonly number[] = [],
): InstanceView {
  return {
    data: containerData({ kind: 'process', engine: 'processes', name: 'node 4711', networks: [], ...data }),
    ports,
  };
}

export function service(id: string, data: Partial<ServiceData> = {}): Declared<ServiceData> {
  const [environment = '', application = '', name = ''] = id.split('/');
  return { id, data: { name, application, environment, owner: null, match: [], source: null, ...data } };
}

export function image(name: string): { name: string; id: null } {
  return { name, id: null };
}
