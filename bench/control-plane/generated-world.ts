import {
  addressId,
  containerInstanceId,
  networkScope,
  type AddressData,
  type Flow,
  type InstanceData,
  type Observation,
} from '#model';

export const NODE = 'bench';

const SCOPE = networkScope(NODE, 'podman');

/** Containers of one node in one network, and the connections between them. */
export class GeneratedWorld {
  readonly #instances: number;
  readonly #services: number;

  constructor(size: { readonly instances: number; readonly services: number }) {
    this.#instances = size.instances;
    this.#services = size.services;
  }

  snapshot(at: number): readonly Observation[] {
    const data = { kind: 'engine', state: 'live', reason: null, description: 'podman 4', lost: 0 } as const;
    const containers = Array.from({ length: this.#instances }, (_, index) =>
      this.#container(index, at - 5000),
    );
    return [
      { kind: 'state', data },
      { kind: 'snapshot-begin', at },
      ...containers.flat(),
      { kind: 'snapshot-end', at },
    ];
  }

  /** Both sockets of a connection, as the kernel reports them: between a pair of instances of a limited number. */
  connection(number: number, at: number, pairs: number): readonly [Flow, Flow] {
    const pair = number % pairs;
    const [client, server] = [pair % this.#instances, (pair * 7 + 1) % this.#instances];
    const clientPort = 20_000 + (number % 40_000);
    const flow = {
      kind: 'flow',
      at,
      protocol: 'tcp',
      translated: null,
      verdict: 'established',
      connections: 1,
      bytes: 512,
    } as const;
    const ends = {
      client: { ip: ipOf(client), port: clientPort, scope: SCOPE },
      server: { ip: ipOf(server), port: 8080, scope: SCOPE },
    };
    return [
      {
        ...flow,
        seenFrom: 'client',
        client: { ...ends.client, holder: { kind: 'container', id: idOf(client) } },
        server: { ...ends.server, holder: null },
      },
      {
        ...flow,
        seenFrom: 'server',
        client: { ...ends.client, holder: null },
        server: { ...ends.server, holder: { kind: 'container', id: idOf(server) } },
      },
    ];
  }

  #container(index: number, validFrom: number): readonly Observation[] {
    const id = containerInstanceId(idOf(index));
    const held: AddressData = {
      scope: SCOPE,
      ip: ipOf(index),
      port: null,
      protocol: null,
      holder: { kind: 'instance', id },
    };
    return [
      { kind: 'assert', subject: { kind: 'instance', id }, data: this.#instance(index), validFrom },
      { kind: 'assert', subject: { kind: 'address', id: addressId(held) }, data: held, validFrom },
    ];
  }

  #instance(index: number): InstanceData {
    const service = `service-${index % this.#services}`;
    return {
      kind: 'container',
      engine: 'podman',
      node: NODE,
      name: `${service}-${index}`,
      images: [{ name: `registry.example/shop/${service}:1`, id: `sha256:${idOf(index % this.#services)}` }],
      labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': service },
      pid: 1000 + index,
      state: 'running',
      exitCode: null,
      executable: null,
      unit: null,
      cgroup: `/libpod_parent/libpod-${idOf(index)}`,
      user: null,
      networks: ['podman'],
      addressMissing: null,
    };
  }
}

const idOf = (index: number): string => index.toString(16).padStart(64, '0');

const ipOf = (index: number): string => `10.${88 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
