import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { firewallRules } from './firewall.ts';
import { kernelModules, mounts, networkSettings } from './kernel-state.ts';
import type { RunningThings } from './running-things.ts';

/** What attaching must leave as it is, beside files. */
export interface MachineState {
  readonly settings: Readonly<Record<string, string>>;
  readonly mounts: readonly string[];
  readonly modules: readonly string[];
  readonly firewall: readonly string[];
  /** Each process with its start time, in clock ticks since boot. */
  readonly processes: readonly string[];
  readonly containers: readonly ContainerState[];
}

interface ContainerState {
  readonly id: string;
  readonly name: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly restarts: number;
  /** SHA-256 of all that `podman inspect` says. */
  readonly digest: string;
}

/** Without the files: to ask podman is to read them, and to lock some. */
export async function machineState(things: RunningThings): Promise<MachineState> {
  return {
    settings: networkSettings(things.network.bridge),
    mounts: mounts(things.podman.directory),
    modules: kernelModules(),
    firewall: await firewallRules(things.network.address(0).replace(/0$/, '')),
    processes: things.processes.map(({ pid }) => `${pid} ${startTicks(pid)}`),
    containers: await containerStates(things),
  };
}

async function containerStates(things: RunningThings): Promise<readonly ContainerState[]> {
  const names = things.containers.map(({ name }) => name);
  // What podman prints of containers; only what is compared by itself is named here.
  const inspected = JSON.parse(await things.podman.command('inspect', ...names)) as readonly {
    readonly Id: string;
    readonly Name: string;
    readonly RestartCount: number;
    readonly State: { readonly Pid: number; readonly StartedAt: string };
  }[];
  return inspected.map((container) => ({
    id: container.Id,
    name: container.Name,
    pid: container.State.Pid,
    startedAt: container.State.StartedAt,
    restarts: container.RestartCount,
    digest: createHash('sha256').update(JSON.stringify(container)).digest('hex'),
  }));
}

/** Field 22 of its stat, counted from behind the command's closing bracket. */
function startTicks(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
