const ID = '([0-9a-f]{64})';

/**
 * How engines name a container's cgroup: podman and runc with cgroupfs (`libpod-<id>`, `<id>`), with
 * systemd (`libpod-<id>.scope`, `docker-<id>.scope`, `cri-containerd-<id>.scope`, `crio-<id>.scope`).
 * podman's own monitor (`libpod-conmon-<id>.scope`) is not in the container.
 */
const CONTAINER = new RegExp(`^(?:(?:libpod|docker|cri-containerd|crio|nerdctl)-)?${ID}(?:\\.scope)?$`);

/**
 * The container that a cgroup belongs to: the innermost name, from the leaf upwards, that is a
 * container's. A leaf may be a part of one (`container`, `init.scope`). Null for a host process.
 */
export function containerOfCgroup(names: readonly string[]): string | null {
  for (const name of names) {
    const id = CONTAINER.exec(name)?.[1];
    if (id !== undefined) return id;
  }
  return null;
}
