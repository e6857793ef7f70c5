/** What the control groups of a process say about who runs it. */
export interface ControlGroup {
  /** In the unified (v2) hierarchy, else systemd's own; null at the root, which says nothing. */
  readonly path: string | null;
  /** The innermost systemd service: `nginx.service`. */
  readonly unit: string | null;
  /** 64 hex digits: the container that it runs in, by the engine's own full id. */
  readonly containerId: string | null;
}

/** `libpod-<id>`, `docker-<id>.scope`, `cri-containerd-<id>.scope`, `crio-<id>`, `/docker/<id>`. */
const CONTAINER = /^(?:(?:libpod|docker|cri-containerd|crio|nerdctl)[-:])?([0-9a-f]{64})(?:\.scope)?$/;
const SERVICE = /^[^/]+\.service$/;

/** Parses /proc/PID/cgroup: lines `hierarchy:controllers:path`, cgroups(7). */
export function parseControlGroup(text: string): ControlGroup {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const first = line.indexOf(':');
    const second = line.indexOf(':', first + 1);
    if (first > 0 && second > 0) paths.set(line.slice(first + 1, second), line.slice(second + 1));
  }
  const unified = paths.get('');
  const systemd = paths.get('name=systemd');
  // On a hybrid system services may stand in systemd's hierarchy and in the unified one alike.
  const path = [unified, systemd].find((each) => each !== undefined && each !== '/') ?? null;
  const containerId = innermost([...paths.values()], (part) => CONTAINER.exec(part)?.[1] ?? null);
  const unit = path === null ? null : innermost([path], (part) => (SERVICE.test(part) ? part : null));
  return { path, unit, containerId };
}

/** The innermost part of the first path for which `find` knows something. */
function innermost(paths: readonly string[], find: (part: string) => string | null): string | null {
  for (const path of paths) {
    for (const part of path.split('/').toReversed()) {
      const found = find(part);
      if (found !== null) return found;
    }
  }
  return null;
}
