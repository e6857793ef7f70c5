import { isIPv6 } from 'node:net';
import {
  addressId,
  allowedLabels,
  containerInstanceId,
  hostScope,
  networkScope,
  type AddressData,
  type InstanceData,
  type UnknownReason,
} from '#model';
import type { ContainerDetails, PublishedPort } from './wire.ts';
import type { WireRecord } from './wire-value.ts';

/** An address in one of the engine's networks. */
export interface ContainerAddress {
  readonly network: string;
  readonly ip: string;
}

/** What is known of one run of a container, wherever it was learnt. */
export interface ContainerRun {
  readonly id: string;
  readonly name: string;
  readonly imageName: string;
  readonly imageId: string | null;
  readonly labels: WireRecord;
  /** As in {@link InstanceData.networks}. */
  readonly networks: readonly string[];
  /** Whether it should have an address of its own. */
  readonly addressed: boolean;
  readonly addresses: readonly ContainerAddress[];
  readonly ports: readonly PublishedPort[];
  readonly pid: number | null;
  readonly cgroup: string | null;
  readonly paused: boolean;
}

/** Who reports: `engine` is `podman` or `docker`. */
export interface Reporter {
  readonly engine: string;
  readonly node: string;
  /** Names of labels that users allowed to be recorded, beyond the built-in ones; absent: none. */
  readonly labels?: () => ReadonlySet<string>;
}

const GONE: UnknownReason = 'gone-before-it-could-be-read';

/** Modes that give a container no address of its own: another's namespace, none, or a user-mode stack. */
const SHARED_MODE = /^(host|none|private|slirp4netns|pasta|ns:.*|container:.*)$/;

/** How a container meets the network, from its configuration. */
export function networksOf(
  details: Pick<ContainerDetails, 'networkMode' | 'networks'>,
): Pick<ContainerRun, 'networks' | 'addressed'> {
  // `slirp4netns:port_handler=…`: options follow the mode.
  const mode = details.networkMode.replace(/^(slirp4netns|pasta):.*/, '$1');
  if (SHARED_MODE.test(mode)) return { networks: [mode], addressed: false };
  return { networks: details.networks.map(({ name }) => name), addressed: true };
}

export const isAlive = (details: Pick<ContainerDetails, 'state'>): boolean =>
  details.state === 'running' || details.state === 'paused';

export function instanceData(run: ContainerRun, reporter: Reporter): InstanceData {
  return {
    kind: 'container',
    engine: reporter.engine,
    node: reporter.node,
    name: run.name,
    images: run.imageName === '' && run.imageId === null ? [] : [{ name: run.imageName, id: run.imageId }],
    labels: allowedLabels(run.labels, reporter.labels?.()),
    pid: run.pid,
    state: run.paused ? 'paused' : 'running',
    exitCode: null,
    executable: null,
    unit: null,
    cgroup: run.cgroup,
    user: null,
    networks: run.networks,
    addressMissing: run.addressed && run.addresses.length === 0 ? GONE : null,
  };
}

/** Every address of its own, and every published port on the node, by {@link addressId}. */
export function addressData(run: ContainerRun, node: string): ReadonlyMap<string, AddressData> {
  const holder = { kind: 'instance', id: containerInstanceId(run.id) } as const;
  const held: AddressData[] = run.addresses.map(({ network, ip }) => ({
    scope: networkScope(node, network),
    ip,
    port: null,
    protocol: null,
    holder,
  }));
  for (const port of run.addressed ? run.ports : []) {
    for (const ip of publishedOn(port, run)) {
      const target = forwardTarget(ip, run);
      held.push({
        scope: hostScope(node),
        ip,
        port: port.hostPort,
        protocol: port.protocol,
        holder,
        ...(target === null ? {} : { forwardsTo: { ip: target, port: port.port } }),
      });
    }
  }
  return new Map(held.map((data) => [addressId(data), data]));
}

/** An empty host address is every address of the families that the container has. */
function publishedOn(port: PublishedPort, run: ContainerRun): readonly string[] {
  if (port.hostIp !== '') return [port.hostIp];
  return run.addresses.some(({ ip }) => isIPv6(ip)) ? ['0.0.0.0', '::'] : ['0.0.0.0'];
}

function forwardTarget(hostIp: string, run: ContainerRun): string | null {
  const same = run.addresses.find(({ ip }) => isIPv6(ip) === isIPv6(hostIp));
  return (same ?? run.addresses[0])?.ip ?? null;
}
