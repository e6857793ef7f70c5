import type { InstanceData } from '#model';
import {
  programNames,
  readControlGroup,
  readExecutable,
  readNetworkNamespace,
  readUserId,
  readWorkingDirectory,
} from '#proc';
import type { ProcessStat } from '#proc';

import type { Host } from './host.ts';

/** The source id of the engine. */
export const ENGINE_ID = 'processes';

/** What can be said of a process without its arguments and its environment (invariant 11). */
export function readInstance(host: Host, stat: ProcessStat): InstanceData {
  const { files, userName } = host;
  const { name, executable } = programNames(readExecutable(files, stat.pid), stat.command);
  const group = readControlGroup(files, stat.pid);
  const userId = readUserId(files, stat.pid);
  const namespace = readNetworkNamespace(files, stat.pid);
  // Neither the interpreter that runs Sheerline nor where it was started says what it is.
  const identity =
    stat.pid === host.controlPlanePid
      ? ({ name: 'sheerline', isControlPlane: true } as const)
      : { name, workingDirectory: readWorkingDirectory(files, stat.pid) };
  return {
    ...bareInstance(host.node, stat.command),
    ...identity,
    pid: stat.pid,
    executable,
    unit: group.unit,
    cgroup: group.path,
    user: userId === null ? null : userName(userId),
    networks: [networkOf(host, namespace)],
  };
}

/** A process that was gone before anything but its command could be read. */
export function goneInstance(host: Host, pid: number, command: string): InstanceData {
  return { ...bareInstance(host.node, command), pid };
}

/** Without the right to see the namespace of a process it is taken for the node's own. */
export function networkOf(host: Host, namespace: number | null): string {
  return namespace === null || namespace === host.namespace ? 'host' : `netns-${namespace}`;
}

function bareInstance(node: string, command: string): InstanceData {
  return {
    kind: 'process',
    engine: ENGINE_ID,
    node,
    name: command,
    images: [],
    labels: {},
    pid: null,
    state: 'running',
    exitCode: null,
    executable: null,
    workingDirectory: null,
    unit: null,
    cgroup: null,
    user: null,
    networks: [],
    addressMissing: null,
  };
}
