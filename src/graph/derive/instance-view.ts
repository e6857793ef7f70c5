import type { InstanceData } from '#model';

/** What the graph knows of an instance at one moment, as far as its service and owner depend on it. */
export interface InstanceView {
  readonly data: InstanceData & { readonly workingDirectory?: string | null };
  /** Ports that it listens on. */
  readonly ports: readonly number[];
}

/** The systemd unit, also where the engine only knows the cgroup. */
export function unitOf(view: InstanceView): string | null {
  return view.data.unit ?? unitOfCgroup(view.data.cgroup);
}

/**
 * The service that a cgroup path names: `/system.slice/nginx.service`, also with groups below it, or
 * OpenRC's `/openrc.nginx`. Other cgroups hold whatever somebody started in them, so they name nothing.
 */
function unitOfCgroup(cgroup: string | null): string | null {
  if (cgroup === null) return null;
  for (const part of cgroup.split('/').toReversed()) {
    if (part.endsWith('.service')) return part;
    if (part.startsWith('openrc.') && part.length > 'openrc.'.length) return part.slice('openrc.'.length);
  }
  return null;
}
