import { isIP } from 'node:net';
import type { Instant, Protocol } from '#model';
import {
  containerIdOf,
  digestOf,
  instantOf,
  listOf,
  numberOf,
  recordOf,
  textOf,
  textsOf,
  type WireRecord,
} from './wire-value.ts';

/** `GET /version`. */
export interface EngineVersion {
  readonly product: 'podman' | 'docker';
  readonly version: string;
  readonly apiVersion: string;
  readonly minimumApiVersion: string;
}

/** Null when that is no container engine. */
export function parseVersion(answer: unknown): EngineVersion | null {
  const { Version, ApiVersion, MinAPIVersion, Components } = recordOf(answer);
  const isVersion = (value: unknown): boolean => /^\d+\.\d+$/.test(textOf(value));
  if (textOf(Version) === '' || !isVersion(ApiVersion)) return null;
  const podman = listOf(Components).some((component) => /podman/i.test(textOf(recordOf(component)['Name'])));
  return {
    product: podman ? 'podman' : 'docker',
    version: textOf(Version),
    apiVersion: textOf(ApiVersion),
    minimumApiVersion: isVersion(MinAPIVersion) ? textOf(MinAPIVersion) : '1.24',
  };
}

export interface PublishedPort {
  readonly hostIp: string;
  readonly hostPort: number;
  readonly port: number;
  readonly protocol: Protocol;
}

/** `GET /containers/ID/json`, what of it is not secret. */
export interface ContainerDetails {
  readonly id: string;
  readonly name: string;
  readonly imageName: string;
  readonly imageId: string | null;
  readonly labels: WireRecord;
  /** `bridge`, `host`, `none`, `container:ID`, a network's name. */
  readonly networkMode: string;
  readonly networks: readonly { readonly name: string; readonly ips: readonly string[] }[];
  readonly ports: readonly PublishedPort[];
  /** `name:ip` lines that the user put into /etc/hosts. */
  readonly extraHosts: readonly string[];
  readonly state: 'created' | 'running' | 'paused' | 'exited';
  readonly pid: number | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

export function parseContainer(answer: unknown): ContainerDetails | null {
  const container = recordOf(answer);
  const id = containerIdOf(container['Id']);
  if (id === null) return null;
  const state = recordOf(container['State']);
  const host = recordOf(container['HostConfig']);
  const config = recordOf(container['Config']);
  const settings = recordOf(container['NetworkSettings']);
  const pid = numberOf(state['Pid']);
  return {
    id,
    name: textOf(container['Name']).replace(/^\//, ''),
    imageName: textOf(config['Image']),
    imageId: digestOf(container['Image']),
    labels: recordOf(config['Labels']),
    networkMode: textOf(host['NetworkMode']),
    networks: parseAttachments(settings['Networks']),
    ports: parsePorts(settings['Ports']),
    extraHosts: textsOf(host['ExtraHosts']),
    state: parseState(state),
    pid: pid !== null && pid > 0 ? pid : null,
    startedAt: instantOf(state['StartedAt']),
    finishedAt: instantOf(state['FinishedAt']),
  };
}

function parseState(state: WireRecord): ContainerDetails['state'] {
  if (state['Paused'] === true) return 'paused';
  if (state['Running'] === true) return 'running';
  const status = textOf(state['Status']);
  return status === 'created' || status === 'configured' || status === 'initialized' ? 'created' : 'exited';
}

function parseAttachments(networks: unknown): ContainerDetails['networks'] {
  return Object.entries(recordOf(networks)).map(([name, value]) => {
    const { IPAddress, GlobalIPv6Address } = recordOf(value);
    return { name, ips: [textOf(IPAddress), textOf(GlobalIPv6Address)].filter((ip) => ip !== '') };
  });
}

/** `{"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}` */
function parsePorts(ports: unknown): readonly PublishedPort[] {
  const published: PublishedPort[] = [];
  for (const [key, bindings] of Object.entries(recordOf(ports))) {
    const [port, protocol] = key.split('/');
    if (protocol !== 'tcp' && protocol !== 'udp') continue;
    for (const binding of listOf(bindings)) {
      const { HostIp, HostPort } = recordOf(binding);
      const hostPort = Number(textOf(HostPort));
      if (!(hostPort > 0) || !(Number(port) > 0)) continue;
      published.push({ hostIp: textOf(HostIp), hostPort, port: Number(port), protocol });
    }
  }
  return published;
}

/** `GET /containers/json`: who is there, and who runs. */
export function parseContainerList(
  answer: unknown,
): readonly { readonly id: string; readonly alive: boolean }[] {
  return listOf(answer).flatMap((item) => {
    const { Id, State } = recordOf(item);
    const id = containerIdOf(Id);
    const alive = ['running', 'paused', 'stopping'].includes(textOf(State));
    return id === null ? [] : [{ id, alive }];
  });
}

export interface ImageSummary {
  readonly id: string;
  readonly names: readonly string[];
  readonly digests: readonly string[];
  readonly labels: WireRecord;
  readonly sizeBytes: number | null;
}

const NONE = '<none>:<none>';

/** `GET /images/json` */
export function parseImageList(answer: unknown): readonly ImageSummary[] {
  return listOf(answer).flatMap((item) => {
    const image = recordOf(item);
    const id = digestOf(image['Id']);
    if (id === null) return [];
    return [
      {
        id,
        names: textsOf(image['RepoTags']).filter((name) => name !== NONE),
        digests: textsOf(image['RepoDigests']).filter((digest) => !digest.startsWith('<none>')),
        labels: recordOf(image['Labels']),
        sizeBytes: numberOf(image['Size']),
      },
    ];
  });
}

export interface ImageContent {
  readonly diffIds: readonly string[];
  readonly created: Instant | null;
  readonly platform: string | null;
}

/** `GET /images/ID/json`: what never changes of an image. */
export function parseImageContent(answer: unknown): ImageContent {
  const { RootFS, Created, Os, Architecture, Variant } = recordOf(answer);
  const platform = [Os, Architecture, Variant].map(textOf).filter((part) => part !== '');
  return {
    diffIds: textsOf(recordOf(RootFS)['Layers']),
    created: instantOf(Created),
    platform: platform.length === 0 ? null : platform.join('/'),
  };
}

export interface NetworkSubnets {
  readonly name: string;
  /** CIDR blocks. */
  readonly subnets: readonly string[];
}

/** `GET /libpod/networks/json`; Docker's own `/networks` calls podman's default network `bridge`. */
export function parseNetworkList(answer: unknown): readonly NetworkSubnets[] {
  return listOf(answer).map((item) => {
    const { name, subnets } = recordOf(item);
    return {
      name: textOf(name),
      subnets: listOf(subnets).map((subnet) => textOf(recordOf(subnet)['subnet'])),
    };
  });
}

/** `GET /networks/ID`: the addresses that the network has given to a container. */
export function parseNetworkAddresses(answer: unknown, containerId: string): readonly string[] {
  const endpoint = recordOf(recordOf(recordOf(answer)['Containers'])[containerId]);
  // `10.88.0.2/16`: with the length of the network's prefix.
  return [endpoint['IPv4Address'], endpoint['IPv6Address']]
    .map((address) => textOf(address).split('/')[0] ?? '')
    .filter((ip) => isIP(ip) !== 0);
}

/** Of `GET /libpod/info`: where podman keeps what it tells each container. */
export function parseRunDirectory(answer: unknown): string | null {
  const { runRoot, graphDriverName } = recordOf(recordOf(answer)['store']);
  if (textOf(runRoot) === '' || textOf(graphDriverName) === '') return null;
  return `${textOf(runRoot)}/${textOf(graphDriverName)}-containers`;
}
